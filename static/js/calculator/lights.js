// @ts-check
/**
 * What belongs together lights up together: a tensor's card and its node, a factor and its edge.
 *
 * Whatever shows a node or an edge of the graph carries its id in `data-lights`; several ids are set apart by
 * spaces. Pointing at it, or focusing it, lights everything with an id in common.
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
