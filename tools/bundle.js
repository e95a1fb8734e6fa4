/** Makes one file of each page's script, and one of each style sheet, with all that they import: static/built. */

import { build } from "esbuild";

await build({
  entryPoints: ["static/js/*.js", "static/css/*.css"],
  outbase: "static",
  outdir: "static/built",
  bundle: true,
  format: "esm",
  minify: true,
  charset: "utf8",
  logLevel: "warning",
});
