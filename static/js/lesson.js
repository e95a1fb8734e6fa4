// @ts-check
/** The page of one lesson. */

import "./chrome.js";
import { LessonPage } from "./lesson/lesson-page.js";
import { ROOT } from "./page/root.js";

const id = decodeURIComponent(location.pathname.slice(`${ROOT}/lessons/`.length));
export const page = new LessonPage(id);
page.start();
