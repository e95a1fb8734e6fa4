// @ts-check
/** The menu that copies a program as a link or a request, and saves its graph as a picture. */

import { copiedWords, copy } from "../../page/clipboard.js";
import { keepFocus } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { bindMenu } from "../../page/menu.js";
import { toFragment } from "../../page/program-link.js";
import { curl } from "../../page/recipes.js";
import { server } from "../../page/root.js";
import { asPng, asSvg, save } from "../graph/picture.js";
import { asPython } from "./gradient-recipes.js";

/** @typedef {import("../../page/program-link.js").Programs} Programs */
/** @typedef {import("../bench.js").Bench} Bench */

const FILE = "graph";

/**
 * @param {HTMLDetailsElement} menu
 * @param {{ programs: () => Programs, bench: () => Bench, say: (text: string) => void }} page bench: what is
 *   taken along of two programs; a link has both
 */
export function bindShare(menu, { programs, bench, say }) {
  /** @type {Record<string, (() => Promise<string> | string) | undefined>} */
  const texts = {
    link: async () => {
      const shared = programs();
      const fragment = await toFragment(shared);
      // Of programs that were edited meanwhile the address must not speak.
      if (same(shared, programs())) history.replaceState(null, "", fragment);
      return new URL(fragment, location.href).href;
    },
    curl: () => curl(`${server()}/api/gradients`, { program: bench().editor.value }),
    python: () => asPython(server(), bench().editor.value),
  };
  /** @type {Record<string, ((svg: string) => Promise<Blob> | Blob) | undefined>} */
  const files = {
    svg: (text) => new Blob([text], { type: "image/svg+xml" }),
    png: (text) => asPng(text),
  };
  menu.addEventListener("click", async ({ target }) => {
    const what = /** @type {Element} */ (target).closest("button")?.dataset.share ?? "";
    const [text, file] = [texts[what], files[what]];
    const picture = bench().graph.picture;
    if (text) say(copiedWords(await copy(await text())));
    else if (file && picture) save(await file(asSvg(picture)), `${FILE}.${what}`);
    else if (file) say(t("There is no graph yet."));
    if (text || file)
      keepFocus(menu, () => {
        menu.open = false;
      });
  });
  bindMenu(menu);
}

/** @param {Programs} some @param {Programs} others */
function same(some, others) {
  return some.program === others.program && some.beside === others.beside;
}
