// @ts-check
/** torch's curve over all sketches, step by step as it was trained: the snapshots that the run has kept. */

import { snapshotsBetween } from "../past/past-requests.js";

/** @typedef {import("./sketch-chart.js").SketchChart} SketchChart */

const SNAPSHOTS = 120;
/** How long the whole training takes to be seen, in ms. */
const DURATION = 6000;

/**
 * @param {SketchChart} chart
 * @param {[number, number][]} points that the run has learnt from
 * @param {string} run
 * @param {number} steps that it took
 */
export async function replay(chart, points, run, steps) {
  const snapshots = await snapshotsBetween(run, 0, steps, SNAPSHOTS).catch(() => []);
  const order = points.map((_, i) => i).sort((a, b) => (points[a]?.[0] ?? 0) - (points[b]?.[0] ?? 0));
  const xs = order.map((i) => points[i]?.[0] ?? 0);
  if (snapshots[0]?.prediction.length !== points.length) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const start = performance.now();
  /** @param {number} now */
  const draw = (now) => {
    if (!chart.element.isConnected) return;
    const share = calm ? 1 : Math.min(1, (now - start) / DURATION);
    const snapshot = snapshots[Math.round(share * (snapshots.length - 1))];
    if (snapshot)
      chart.drawTorch(
        xs,
        order.map((i) => snapshot.prediction[i] ?? Number.NaN),
      );
    if (share < 1) requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}
