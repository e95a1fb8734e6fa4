// @ts-check
/** The page about the connection: measures it, says what is at fault, and shows the numbers. */

import "./chrome.js";
import { Measurement } from "./connection/measure.js";
import { jitter, longestGap, middle, TICKS, verdict } from "./connection/verdict.js";
import { byId, html, replaceChildren } from "./page/dom.js";
import { t } from "./page/i18n.js";
import { fixed, NONE } from "./page/numbers.js";

const status = byId("status");
const [what, advice, facts] = [byId("status-text"), byId("advice"), byId("facts")];
const again = byId("again");

/** @param {number | null} value */
const ms = (value) => (value === null ? NONE : `${fixed(value, 0)} ms`);

/** @param {number[]} values */
const middleOf = (values) => ms(values.length > 0 ? middle(values) : null);

/** @param {boolean | null} value */
const yes = (value) => (value === null ? NONE : value ? t("yes") : t("no"));

/** @param {Measurement} measurement @returns {[string, string][]} */
function rows({ found, info }) {
  return [
    [t("Browser has all that is needed"), yes(found.missing.length === 0)],
    [t("Requests are answered"), yes(found.failure === null ? found.trips.length > 0 || null : false)],
    [t("A request and its answer"), middleOf(found.trips)],
    [t("WebSocket opens"), yes(found.opened)],
    [t("Works without WebSockets"), yes(found.without)],
    [t("Until its first message"), ms(found.first)],
    [t("A message and its answer"), middleOf(found.echoes)],
    [t("Messages that came"), `${found.ticks.length} / ${TICKS}`],
    [t("Jitter"), ms(found.ticks.length > 1 ? jitter(found.ticks) : null)],
    [t("Longest gap"), ms(found.ticks.length > 1 ? longestGap(found.ticks) : null)],
    [t("This device's clock is ahead by"), found.clock === null ? NONE : `${fixed(found.clock / 1000, 1)} s`],
    [t("Version of the server"), info?.version ?? NONE],
    [t("This browser's number here"), info?.client ?? NONE],
  ];
}

/** @param {Measurement} measurement */
function draw(measurement) {
  const said = verdict(measurement.found, measurement.over);
  status.dataset.tone = said === null ? "wait" : said.fault === "none" ? "done" : "bad";
  what.textContent = said?.what ?? t("Measuring for ten seconds…");
  advice.textContent = said?.advice ?? "";
  again.hidden = !measurement.over;
  const lines = rows(measurement).map(([name, value]) =>
    html("div", "", html("dt", "", name), html("dd", "", value)),
  );
  replaceChildren(facts, ...lines);
}

function measure() {
  /** @type {Measurement} */
  const measurement = new Measurement(() => draw(measurement));
  measurement.run();
}

again.addEventListener("click", measure);
measure();
