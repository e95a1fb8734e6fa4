// @ts-check
/**
 * Highlights what belongs together: a tensor's card and its node, a factor and its edge.
 *
 * An element that shows nodes or edges of the graph has their ids in `data-lights`, with spaces between them.
 * Hovering or focusing it highlights all elements that have one of its ids.
 */

/** @param {HTMLElement} place whose contents light each other */
export function bindLights(place) {
  let lit = "";

  /** @param {EventTarget | null} target */
  const show = (target) => {
    const about = target instanceof Element ? target.closest("[data-lights]") : null;
    const ids = about?.getAttribute("data-lights") ?? "";
    if (ids === lit) return;
    lit = ids;
    const wanted = new Set(ids.split(" "));
    for (const element of place.querySelectorAll("[data-lights]")) {
      const own = (element.getAttribute("data-lights") ?? "").split(" ");
      element.toggleAttribute("data-lit", ids !== "" && own.some((id) => wanted.has(id)));
    }
  };
  place.addEventListener("pointerover", ({ target }) => show(target));
  place.addEventListener("pointerleave", () => show(null));
  place.addEventListener("focusin", ({ target }) => show(target));
  place.addEventListener("focusout", () => show(null));
}
