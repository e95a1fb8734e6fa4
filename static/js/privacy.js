// @ts-check
/** The page about privacy, which has nothing but what all pages have. */

import "./chrome.js";
