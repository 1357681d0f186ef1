// Builds the desk's stylesheet, scripts and fonts into ../static/dist, from npm, for self-hosting.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { bundleDesigner } from "./designer/bundle.mjs";

const out = "../static/dist";
rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/fonts`, { recursive: true });

const css = sass.compile("desk.scss", {
  loadPaths: ["node_modules", "node_modules/govuk-frontend/dist"],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "if-function", "color-functions"],
});
const minified = await esbuild.transform(css.css, { loader: "css", minify: true });
writeFileSync(`${out}/desk.css`, minified.code);

await esbuild.build({
  entryPoints: { desk: "desk.js" },
  bundle: true,
  minify: true,
  target: "es2020",
  outdir: out,
});

// Only pages that show a diagram load it.
await esbuild.build({
  entryPoints: { diagram: "diagram.js" },
  bundle: true,
  minify: true,
  target: "es2020",
  outdir: out,
});

// Only the rehearsal's pages load it.
await esbuild.build({
  entryPoints: { rehearsal: "rehearsal.js" },
  bundle: true,
  minify: true,
  target: "es2020",
  outdir: out,
});

// Only the editor's page loads it.
await bundleDesigner(out);

const family = "node_modules/@fontsource/be-vietnam-pro/files";
for (const subset of ["vietnamese", "latin", "latin-ext"]) {
  for (const weight of [400, 700]) {
    cpSync(`${family}/be-vietnam-pro-${subset}-${weight}-normal.woff2`, `${out}/fonts/be-vietnam-pro-${subset}-${weight}.woff2`);
  }
}
// Whole files for letters on paper: WeasyPrint garbles fonts that are split by unicode-range.
for (const [style, name] of [["400Regular", "Regular"], ["700Bold", "Bold"], ["400Regular_Italic", "Italic"]]) {
  cpSync(`node_modules/@expo-google-fonts/tinos/${style}/Tinos_${style}.ttf`, `${out}/fonts/Tinos-${name}.ttf`);
}

const digest = createHash("sha256");
const files = ["desk.css", "desk.js", "diagram.css", "diagram.js", "rehearsal.js", "designer.css", "designer.js"];
for (const name of files) digest.update(readFileSync(`${out}/${name}`));
// A letter first: twelve digits alone would look like an identity number.
writeFileSync(`${out}/build-id`, `b${digest.digest("hex").slice(0, 11)}`);
