// @ts-check
/** The page of one lesson. */

import "./chrome.js";
import { bindClass } from "./lesson/lesson-class.js";
import { LessonPage } from "./lesson/lesson-page.js";
import { embedded } from "./page/embedded.js";
import { ROOT } from "./page/root.js";

const id = decodeURIComponent(location.pathname.slice(`${ROOT}/lessons/`.length));
export const page = new LessonPage(id);
await page.start();
if (embedded === null) bindClass(() => ({ lesson: id, step: page.state.at + 1 }));
