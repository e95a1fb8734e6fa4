import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Draft } from "../../../static/js/data/draft.js";
import { INITIAL } from "../../../static/js/run/state.js";

const RUN = { id: "r", config: { data: { points: null } } };
const STARTED = { x: [0, 1], y: [0, 1], test_x: [], test_y: [] };
/** @param {object} [change] @returns {any} the page's state */
const state = (change = {}) => ({
  ...INITIAL,
  link: "open",
  control: true,
  run: RUN,
  started: STARTED,
  ...change,
});
/** @param {...string} fields that are refused */
const refusal = (...fields) => ({
  type: "about:blank",
  title: "",
  status: 422,
  detail: "",
  errors: fields.map((field) => ({ field, message: "no" })),
});
const MOVED = [
  { x: 0, y: 0.5, test: false },
  { x: 1, y: 1, test: false },
];
const MOVED_PAIRS = [
  [0, 0.5],
  [1, 1],
];

/** @param {(draft: Draft, sent: unknown[]) => void} use */
function drafting(use) {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    /** @type {unknown[]} */
    const sent = [];
    const draft = new Draft((points) => sent.push(points));
    draft.draw(state(), false);
    use(draft, sent);
  } finally {
    mock.timers.reset();
  }
}

test("what waits for its turn is sent at once when there will be no turn", () => {
  drafting((draft, sent) => {
    draft.change([{ x: 0, y: 0.1, test: false }, MOVED[1]]);
    draft.change(MOVED);
    assert.equal(sent.length, 1);
    draft.flush();
    assert.deepEqual(sent.at(-1), MOVED_PAIRS);
    draft.flush();
    assert.equal(sent.length, 2);
  });
});

test("changed points stay until the server has them, and are taken back only when it refuses them", () => {
  drafting((draft) => {
    draft.change(MOVED);
    draft.draw(state({ problem: refusal("optimizer.lr") }), false);
    assert.deepEqual(draft.points, MOVED);
    draft.draw(state({ problem: refusal("data.points[0]") }), false);
    assert.deepEqual(
      draft.points.map(({ y }) => y),
      [0, 1],
    );
  });
});

test("without a connection they wait, and are sent when it is back", () => {
  drafting((draft, sent) => {
    draft.draw(state({ link: "lost" }), false);
    draft.change(MOVED);
    mock.timers.tick(60_000);
    draft.draw(state({ link: "warming" }), false);
    assert.deepEqual([sent, draft.points], [[], MOVED]);
    draft.draw(state(), false);
    assert.deepEqual(sent, [MOVED_PAIRS]);
  });
});

test("those sent just before the connection broke are sent again", () => {
  drafting((draft, sent) => {
    draft.change(MOVED);
    draft.draw(state({ link: "lost" }), false);
    mock.timers.tick(60_000);
    draft.draw(state(), false);
    assert.deepEqual(sent, [MOVED_PAIRS, MOVED_PAIRS]);
  });
});

test("they are not taken over by another run", () => {
  drafting((draft, sent) => {
    draft.change(MOVED);
    draft.draw(state({ link: "lost" }), false);
    draft.draw(state({ run: { id: "other", config: { data: { points: null } } } }), false);
    mock.timers.tick(60_000);
    assert.equal(sent.length, 1);
    assert.notDeepEqual(draft.points, MOVED);
  });
});
