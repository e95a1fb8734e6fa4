// @ts-check
/** Says that the charts cannot be drawn where Plotly is missing, with a way to try again. */

import { button, html } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { loadPlotly, plotlyLoaded } from "./plot.js";

/**
 * @param {HTMLElement} place of a chart, above which it is said
 * @returns {Promise<void>} once charts can be drawn, however often that has to be tried
 */
export async function chartsDrawable(place) {
  try {
    await plotlyLoaded();
  } catch {
    await loadedByHand(place);
  }
}

/**
 * Says that the charts are missing, with a button that loads them.
 *
 * @param {HTMLElement} place
 */
function loadedByHand(place) {
  return new Promise((/** @type {(value?: void) => void} */ resolve) => {
    const missing = t("The charts could not be loaded: Plotly, which draws them, is missing.");
    const words = html("p", "", missing);
    let loading = false;
    const again = button(t("Load the charts again"), async () => {
      if (loading) return;
      loading = true;
      words.textContent = t("Loading the charts…");
      try {
        await loadPlotly();
        leave();
        resolve();
      } catch {
        words.textContent = missing; // Set anew, it is also spoken anew.
      }
      loading = false;
    });
    const message = html("div", "chart-missing", words, again);
    message.setAttribute("role", "alert");
    place.before(message);

    const leave = () => {
      const focused = document.activeElement === again;
      message.remove();
      if (!focused) return;
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
    };
  });
}
