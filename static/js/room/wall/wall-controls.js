// @ts-check
/** What the teacher can do with the wall: have the class see it, sort, lay over each other, freeze. */

import { when } from "../../page/changes.js";
import { byId } from "../../page/dom.js";

/** @typedef {import("../../../types/protocol").RoomState} RoomState */
/** @typedef {import("./tiles.js").Wall} Wall */

/** @type {Wall} */
const PLAIN = { kind: "wall", sort: "name", overlay: false, frozen: false, member: null, run: null };

/**
 * The wall as it is shown when a screen gives way to it.
 *
 * @param {RoomState["screen"]} screen
 * @returns {Wall}
 */
export function wallAfter(screen) {
  if (screen.kind === "wall") return screen;
  return { ...PLAIN, run: screen.kind === "run" ? screen.run : null };
}

/**
 * @param {(screen: Wall) => void} show
 * @returns {(room: RoomState | null) => void} draws
 */
export function wallControls(show) {
  const sort = byId("wall-sort", HTMLSelectElement);
  const [overlay, frozen] = [byId("wall-overlay", HTMLInputElement), byId("wall-frozen", HTMLInputElement)];
  const place = byId("wall-controls");
  /** @type {Wall} */
  let shown = PLAIN;
  const choices = () =>
    show({
      ...shown,
      sort: /** @type {Wall["sort"]} */ (sort.value),
      overlay: overlay.checked,
      frozen: frozen.checked,
    });
  for (const control of [sort, overlay, frozen]) control.addEventListener("change", choices);
  return when(
    (/** @type {RoomState | null} */ room) => [JSON.stringify(room?.screen ?? null), room],
    (_, room) => {
      const screen = room?.screen;
      place.hidden = screen?.kind !== "wall";
      if (screen?.kind !== "wall") return;
      shown = screen;
      sort.value = screen.sort;
      overlay.checked = screen.overlay;
      frozen.checked = screen.frozen;
    },
  );
}
