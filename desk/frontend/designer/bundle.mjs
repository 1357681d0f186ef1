// How the designer's libraries are bundled: what is left out, what of them is in Vietnamese, and what
// the page's content policy needs (no inline style; every colour through the CSS object model).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";

const require = createRequire(import.meta.url);
const simulation = JSON.parse(readFileSync(new URL("./words/simulation.json", import.meta.url), "utf8"));
// Those that say something of the drawing; what runs, by whom and how long is for the office's linter.
const SHAPE_RULES = {
  "conditional-flows": "warn",
  "event-based-gateway": "warn",
  "no-bpmndi": "warn",
  "no-disconnected": "warn",
  "no-duplicate-sequence-flows": "warn",
  "no-gateway-join-fork": "warn",
  "no-implicit-split": "warn",
  "no-overlapping-elements": "warn",
  "single-event-definition": "warn",
  "superfluous-gateway": "warn",
};

// The panel's code fields are FEEL and JSON editors, a quarter of all bytes; ours are plain fields.
const NAMES = "EditorView highlightSpecialChars drawSelection keymap placeholder lineNumbers Annotation EditorState syntaxHighlighting defaultHighlightStyle foldGutter bracketMatching foldKeymap closeBrackets closeBracketsKeymap history defaultKeymap historyKeymap jsonParseLinter json linter FeelersEditor";
const NOTHING = `const nothing = new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => "" : nothing), apply: () => nothing, construct: () => nothing });
${NAMES.split(" ").map((name) => `export const ${name} = nothing;`).join("\n")}
export default nothing;`;

const swapped = (text, from, to, place) => {
  if (!text.includes(from)) throw new Error(`${place} no longer says ${JSON.stringify(from)}`);
  return text.replaceAll(from, to);
};

const libraries = {
  name: "libraries",
  setup(build) {
    build.onResolve({ filter: /^(@bpmn-io\/feel-editor|@bpmn-io\/feelers-editor|@codemirror\/.+)$/ }, ({ path }) => ({ path, namespace: "nothing" }));
    build.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: NOTHING, loader: "js" }));

    // The package holds the panels of three engines in one file; only plain BPMN's is needed.
    build.onLoad({ filter: /bpmn-js-properties-panel\/dist\/index\.esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const begin = text.indexOf("var index$2 = {");
      const end = text.indexOf("};", begin) + 3;
      if (begin < 0 || !text.slice(begin, end).includes("bpmnPropertiesProvider")) throw new Error(`${path} is cut elsewhere now`);
      const own = text.slice(0, end).replaceAll('style="', 'data-style="');
      return { contents: `${own}\nexport { index$3 as BpmnPropertiesPanelModule, index$2 as BpmnPropertiesProviderModule, useService };`, loader: "js" };
    });

    // Icons and the simulation write `style="…"`, which the page's content policy forbids.
    build.onLoad({ filter: /bpmn-js\/lib\/features\/(align|distribute)-elements\/\w+Icons\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8").replaceAll(/style="([^"]*)"/g, (_, style) =>
        style.split(";").filter(Boolean).map((each) => each.replace(/^([\w-]+):(.*)$/, '$1="$2"')).join(" "));
      return { contents: text, loader: "js" };
    });
    build.onLoad({ filter: /bpmn-js-token-simulation\/lib\/.*\.js$/ }, ({ path }) => {
      const name = path.slice(path.indexOf("/lib/") + 5);
      let text = readFileSync(path, "utf8").replaceAll('style="', 'data-style="');
      for (const [from, to] of Object.entries(simulation[name] ?? {})) text = swapped(text, from, to, path);
      return { contents: text, loader: "js" };
    });

    build.onResolve({ filter: /^shape-rules$/ }, ({ path, resolveDir }) => ({ path, namespace: "lint", pluginData: resolveDir }));
    build.onLoad({ filter: /.*/, namespace: "lint" }, async ({ pluginData }) => ({
      contents: await require("bpmnlint/lib/support/compile-config")({ rules: SHAPE_RULES }),
      resolveDir: pluginData,
      loader: "js",
    }));
  },
};

// Their licences go with the libraries; bpmn.io's also wants its mark on the drawing, which stays.
const licences = (inputs) => {
  const folders = new Set(Object.keys(inputs).map((path) => /node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
  const texts = [...folders].sort().flatMap((folder) => ["LICENSE", "LICENSE.md", "license"].map((name) => `${folder}/${name}`).filter(existsSync).slice(0, 1).map((path) => `${folder.slice(13)}\n\n${readFileSync(path, "utf8")}`));
  return texts.join(`\n${"-".repeat(80)}\n`);
};

/** Bundle the editor into a folder; fonts as files, since the content policy loads none from data. */
export const bundleDesigner = async (out) => {
  const made = await esbuild.build({
    entryPoints: { designer: "designer/designer.js" },
    bundle: true,
    minify: true,
    metafile: true,
    target: "es2022",
    outdir: out,
    plugins: [libraries],
    loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
    assetNames: "fonts/[name]",
    legalComments: "none",
  });
  writeFileSync(`${out}/designer-licences.txt`, licences(made.metafile.inputs));
};
