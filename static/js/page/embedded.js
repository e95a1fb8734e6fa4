// @ts-check
/**
 * How this page stands in a frame of a classroom's page: "watch" and "projector" show what the teacher shows, "own" is
 * for trying something. Null: it stands for itself.
 */

export const embedded = globalThis.document?.documentElement.dataset?.embedded ?? null;

/** Whether the page shows what it is told to, and changes nothing. */
export const isWatching = embedded === "watch" || embedded === "projector";

/**
 * An address of this server as a page inside the frame may go to: another one would not be shown there.
 *
 * @param {string} address
 * @param {string | null} [as] how this page stands
 */
export function embeddedAddress(address, as = embedded) {
  if (as === null) return address;
  const [path = "", ...fragment] = address.split("#");
  const joined = `${path}${path.includes("?") ? "&" : "?"}embedded=${as}`;
  return [joined, ...fragment].join("#");
}

/** Links lead to pages that may be in the frame; whoever watches follows the teacher and no links. */
export function bindFrameLinks() {
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("a");
    if (!link || link.hasAttribute("download") || link.target === "_blank") return;
    if (isWatching) event.preventDefault();
    else if (link.origin === location.origin && !link.search.includes("embedded="))
      link.href = embeddedAddress(link.href);
  });
}
