// @ts-check
/** What can be asked about what is on the screen, for one press each. */

import { ask as askAbout } from "../calculator/exercise/requests.js";
import { request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { isCurve } from "../run/config.js";
import { pathOf } from "../run/runs.js";
import { runNames } from "./asked.js";

/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("../../types/protocol").Ask["about"]} About */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").TrialInput} Trial */

/** @typedef {{ title: string, note: string, about: () => Promise<About> | About }} Offer */

/** More points would make every message of the room long. */
const MOST_POINTS = 200;
/** How many times another one each learning rate is that is tried. */
const RATES = [0.1, 1, 10];

/**
 * @param {Screen} screen
 * @param {number} steps that runs shall take
 * @param {AbortSignal} signal
 * @returns {Promise<Offer[]>} empty: about this screen nothing can be asked
 * @throws what `request` throws
 */
export async function offersOf(screen, steps, signal) {
  if (screen.kind === "run") {
    const { config } = await request(pathOf(screen.run), { signal });
    return runOffers(screen.run, config, steps);
  }
  if (screen.kind === "comparison") {
    const { runs } = await request(`/api/comparisons/${encodeURIComponent(screen.comparison)}`, { signal });
    const [first] = runs;
    const vary = runs.map((/** @type {{ vary: object }} */ run) => run.vary);
    return severalOffers({ config: first.config, vary, steps });
  }
  if (screen.kind === "program") {
    const { program } = screen;
    const { questions } = await askAbout(program, signal);
    return questions.map((question) => ({
      title: question.text ?? question.id,
      note: "",
      about: () => ({ kind: "program", program, question: { ...question, text: null } }),
    }));
  }
  return [];
}

/**
 * @param {string} run
 * @param {RunConfig} config
 * @param {number} steps
 * @returns {Offer[]}
 */
export function runOffers(run, config, steps) {
  const trial = { config, steps };
  const lr = config.optimizer.lr ?? 0.1;
  const rates = RATES.map((times) => ({ optimizer: { lr: Number((lr * times).toPrecision(6)) } }));
  /** @type {Offer} */
  const sketch = {
    title: t("Sketch the curve"),
    note: t("that the model has after {steps} {steps:step|steps}, over the points", { steps }),
    about: async () => ({
      kind: "curve",
      trial: { ...trial, config: withPoints(config, await pointsOfRun(run)) },
    }),
  };
  return [
    {
      title: t("Will it diverge?"),
      note: t("within {steps} {steps:step|steps}", { steps }),
      about: () => ({ kind: "diverges", trial }),
    },
    {
      title: t("What will the loss be?"),
      note: t("after {steps} {steps:step|steps}, to a tenth", { steps }),
      about: () => ({ kind: "loss", trial, tolerance: 0.1 }),
    },
    ...(isCurve(config) ? [sketch] : []),
    ...severalOffers({ config, vary: rates, steps }),
  ];
}

/** @param {Trial & { vary: Record<string, any>[] }} trial @returns {Offer[]} */
function severalOffers(trial) {
  const names = runNames(/** @type {any} */ (trial)).join(" · ");
  return [
    { title: t("Which one wins?"), note: names, about: () => ({ kind: "winner", trial }) },
    { title: t("Rank them"), note: names, about: () => ({ kind: "order", trial }) },
  ];
}

/** @param {string} run @returns {Promise<[number, number][]>} the points that it learns from */
async function pointsOfRun(run) {
  const { data } = await request(`${pathOf(run)}/figure`);
  const [{ x, y }] = data;
  return x.map((/** @type {number} */ one, /** @type {number} */ i) => [one, y[i]]);
}

/**
 * The same run on the same points, told one by one, so that each member sees what there is to be fitted. Of too many
 * every so manieth is taken.
 *
 * @param {RunConfig} config
 * @param {[number, number][]} points
 * @returns {RunConfig}
 */
export function withPoints(config, points) {
  const stride = Math.ceil(points.length / MOST_POINTS);
  const few = points.filter((_, i) => i % stride === 0);
  return { ...config, data: { ...config.data, points: few, scale_x: false, test_fraction: 0 } };
}
