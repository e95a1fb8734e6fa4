// @ts-check
/** Taking a program and its graph along: links, requests, pictures. */

import { copy } from "../clipboard.js";
import { t } from "../i18n.js";
import { toFragment } from "./permalink.js";
import { asPng, asSvg, save } from "./picture.js";
import { asCurl, asPython } from "./requests.js";

/** @typedef {import("./permalink.js").Programs} Programs */
/** @typedef {import("./graph.js").GraphView} GraphView */

const FILE = "graph";

/**
 * @param {HTMLDetailsElement} menu
 * @param {{ programs: () => Programs, graph: () => GraphView, say: (text: string) => void }} page
 */
export function bindShare(menu, { programs, graph, say }) {
  /** @type {Record<string, (() => Promise<string> | string) | undefined>} */
  const texts = {
    link: async () => {
      const fragment = await toFragment(programs());
      history.replaceState(null, "", fragment);
      return new URL(fragment, location.href).href;
    },
    curl: () => asCurl(location.origin, programs().program),
    python: () => asPython(location.origin, programs().program),
  };
  /** @type {Record<string, ((svg: string) => Promise<Blob> | Blob) | undefined>} */
  const files = {
    svg: (text) => new Blob([text], { type: "image/svg+xml" }),
    png: (text) => asPng(text),
  };
  menu.addEventListener("click", async ({ target }) => {
    const what = /** @type {Element} */ (target).closest("button")?.dataset.share ?? "";
    const [text, file] = [texts[what], files[what]];
    const picture = graph().picture;
    if (text) say((await copy(await text())) ? t("Copied.") : t("The browser did not let it be copied."));
    else if (file && picture) save(await file(asSvg(picture)), `${FILE}.${what}`);
    else if (file) say(t("There is no graph yet."));
    if (text || file) menu.open = false;
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
