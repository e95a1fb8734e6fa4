// @ts-check
/** The chart of a class's experiment: a mark for each run that has ended, diverged ones in a strip above. */

import { when } from "../../page/changes.js";
import { byId } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { svg } from "../../page/svg.js";
import { lossAxis, spreadPlaces, valueAxis } from "./end-axes.js";
import { classWords, endsOf } from "./ends.js";

/** @typedef {import("../../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../../types/protocol").ExperimentState} ExperimentState */
/** @typedef {import("./ends.js").End} End */
/** @typedef {import("./end-axes.js").Axis} Axis */
/** @typedef {{ left: number, top: number, width: number, height: number, strip: number, unit: number }} Place */

/** The strip of those that diverged, and the margins, in the text's height. */
const MARGIN = { left: 4.6, right: 1.2, bottom: 3.4, strip: 2.2 };

/**
 * @returns {(room: RoomState | null, isSeen: boolean) => void} draws
 */
export function experimentView() {
  const [root, words, place, legend] = [
    "experiment",
    "experiment-words",
    "experiment-chart",
    "experiment-legend",
  ].map((id) => byId(id));
  if (!root || !words || !place || !legend) throw new TypeError("the page lacks a part");
  /** @type {() => void} */
  let again = () => {};
  new ResizeObserver(() => again()).observe(place);
  const draw = when(
    (/** @type {{ room: RoomState | null, isSeen: boolean }} */ { room, isSeen }) => [
      isSeen ? JSON.stringify(room?.experiment ?? null) : "",
      room?.me?.number ?? null,
      room?.experiment ?? null,
    ],
    (key, me, experiment) => {
      root.hidden = key === "" || experiment === null;
      if (root.hidden || experiment === null || root.dataset.key === key) return;
      root.dataset.key = key;
      const ends = endsOf(experiment, me);
      words.textContent = classWords(experiment, ends);
      legend.textContent = legendWords(experiment, ends);
      again = () => place.replaceChildren(chart(experiment, ends, place));
      again();
    },
  );
  return (room, isSeen) => draw({ room, isSeen });
}

/** @param {ExperimentState} experiment @param {End[]} ends */
function legendWords({ vary }, ends) {
  return [
    ...(ends.some(({ own }) => own) ? [t("in a circle: yours")] : []),
    ...(vary === "seed" && ends.length > 2 ? [t("line: the median; band: half of all")] : []),
  ].join(" · ");
}

/** @param {ExperimentState} experiment @param {End[]} ends @param {HTMLElement} element @returns {Element} */
function chart(experiment, ends, element) {
  const { clientWidth: width, clientHeight: height } = element;
  const unit = Number.parseFloat(getComputedStyle(element).fontSize);
  const place = {
    left: MARGIN.left * unit,
    top: MARGIN.strip * unit,
    width: Math.max(1, width - (MARGIN.left + MARGIN.right) * unit),
    height: Math.max(1, height - (MARGIN.strip + MARGIN.bottom) * unit),
    strip: MARGIN.strip * unit,
    unit,
  };
  const [across, up] = [valueAxis(experiment), lossAxis(ends)];
  const picture = svg(
    "svg",
    {
      class: "ends",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": classWords(experiment, ends),
    },
    ...axes(experiment, across, up, place),
    ...(experiment.vary === "seed" ? spread(ends, up, place) : []),
  );
  // One's own lies over all others.
  const sorted = [...ends].sort((a, b) => Number(a.own) - Number(b.own));
  picture.append(...sorted.map((end) => mark(end, across, up, place)));
  return picture;
}

/** @param {ExperimentState} experiment @param {Axis} across @param {Axis} up @param {Place} place */
function axes({ vary }, across, up, { left, top, width, height, strip, unit }) {
  const bottom = top + height;
  return [
    svg("rect", { class: "ends-ground", x: left, y: top, width, height }),
    svg("rect", { class: "ends-strip", x: left, y: 0, width, height: strip }),
    text("ends-label", left + unit / 2, strip / 2, t("diverged"), "start"),
    ...across.ticks.flatMap((tick) => {
      const x = left + tick.at * width;
      return [
        svg("line", { class: "ends-grid", x1: x, x2: x, y1: top, y2: bottom }),
        text("ends-tick", x, bottom + 0.9 * unit, tick.text, "middle"),
      ];
    }),
    ...up.ticks.flatMap((tick) => {
      const y = bottom - tick.at * height;
      return [
        svg("line", { class: "ends-grid", x1: left, x2: left + width, y1: y, y2: y }),
        text("ends-tick", left - unit / 2, y, tick.text, "end"),
      ];
    }),
    text(
      "ends-label",
      left + width / 2,
      bottom + 2.4 * unit,
      vary === "seed" ? t("seed") : t("learning rate"),
      "middle",
    ),
    text("ends-label", left + unit / 2, top + unit, t("loss at the end"), "start"),
  ];
}

/** @param {string} name @param {number} x @param {number} y @param {string} words @param {string} anchor */
function text(name, x, y, words, anchor) {
  return svg("text", { class: name, x, y, "text-anchor": anchor, "dominant-baseline": "middle" }, words);
}

/** @param {End[]} ends @param {Axis} up @param {Place} place */
function spread(ends, up, { left, top, width, height }) {
  const places = spreadPlaces(ends, up);
  if (places === null) return [];
  const y = (/** @type {number} */ share) => top + height - share * height;
  return [
    svg("rect", {
      class: "ends-half",
      x: left,
      width,
      y: y(places.high),
      height: Math.max(1, y(places.low) - y(places.high)),
    }),
    svg("line", {
      class: "ends-median",
      x1: left,
      x2: left + width,
      y1: y(places.median),
      y2: y(places.median),
    }),
  ];
}

/** @param {End} end @param {Axis} across @param {Axis} up @param {Place} place */
function mark({ value, loss, own }, across, up, { left, top, width, height, strip, unit }) {
  const x = left + across.place(value) * width;
  const y = loss === null ? strip / 2 : top + height - up.place(loss) * height;
  const r = (own ? 0.75 : 0.4) * unit;
  const name = own ? "ends-mark ends-own" : "ends-mark";
  const shape =
    loss === null
      ? svg("path", {
          class: "ends-cross",
          d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}`,
        })
      : own
        ? svg("path", {
            class: "ends-diamond",
            d: `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`,
          })
        : svg("circle", { class: "ends-dot", cx: x, cy: y, r });
  const halo = own ? [svg("circle", { class: "ends-halo", cx: x, cy: y, r: 1.3 * unit })] : [];
  return svg("g", { class: name }, ...halo, shape);
}
