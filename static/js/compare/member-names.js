// @ts-check
/** What the runs of a comparison are called: by what they have of their own, in PyTorch's words. Pure. */

import { t } from "../page/i18n.js";
import { flatten, valueAt } from "../run/config.js";
import { fewOf, settingText, valueText } from "../run/setting-text.js";
import { pathsOf } from "./comparison-address.js";

/** @typedef {import("../run/config.js").Settings} Settings */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

const OPTIMIZER = "optimizer.";
const NAME = "optimizer.name";

/** The lines of the loop as a script has them. */
const LINES = /** @type {Record<string, string>} */ ({
  "loop.forward": "net(x)",
  "loop.loss": "loss_func(prediction, y)",
  "loop.zero_grad": "optimizer.zero_grad()",
  "loop.backward": "loss.backward()",
  "loop.step": "optimizer.step()",
});

/**
 * @param {{ config: RunConfig, vary: object }[]} runs with what each has of its own, as a merge patch
 * @returns {string[]} such as "lr=0.2", "SGD(lr=0.02, momentum=0.9)" or "without optimizer.zero_grad()"
 */
export function namesOf(runs) {
  const own = runs.map(({ vary }) => flatten(vary));
  const paths = pathsOf(own);
  return runs.map(({ config }, i) => nameOf(config, /** @type {Settings} */ (own[i]), paths));
}

/**
 * @param {RunConfig} config
 * @param {Settings} own
 * @param {string[]} paths what any of the runs has of its own
 */
function nameOf(config, own, paths) {
  // Another optimizer has other settings, so of them only those count that this run was given.
  const chosen = paths.includes(NAME);
  /** @param {string} path */
  const ofOptimizer = (path) => chosen && path.startsWith(OPTIMIZER);
  const parts = paths.filter((path) => !ofOptimizer(path)).map((path) => part(path, valueAt(config, path)));
  if (chosen) {
    const settings = Object.entries(own).filter(
      ([path, value]) => ofOptimizer(path) && path !== NAME && value !== 0,
    );
    const told = fewOf(settings.map(([path, value]) => part(path, value)));
    parts.unshift(told === "" ? config.optimizer.name : `${config.optimizer.name}(${told})`);
  }
  return fewOf(parts.filter((text) => text !== ""));
}

/**
 * @param {string} path
 * @param {JsonValue | undefined} value undefined: the run has no such setting
 */
function part(path, value) {
  const line = LINES[path];
  if (line !== undefined)
    return value ? t("with {code}", { code: line }) : t("without {code}", { code: line });
  if (value === undefined) return "";
  if (path === "model.hidden" && Array.isArray(value) && value.length === 1) return `n_hidden=${value[0]}`;
  if (path === "data.target") return `y = ${valueText(value)}`;
  return typeof value === "string" ? valueText(value) : settingText(path, value, "=");
}
