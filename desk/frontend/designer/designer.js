// The editor of a procedure's diagram (page /designer/<code>): drawing, the office's own values, the
// linter's findings while drawing, saving by itself.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/assets/properties-panel.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css";
import "./designer.css";
import Modeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from "bpmn-js-properties-panel";
import { is } from "bpmn-js/lib/util/ModelUtil";
import shapeLint from "bpmn-js-bpmnlint";
import simulation from "bpmn-js-token-simulation";
import minimap from "diagram-js-minimap";
import shapeRules from "shape-rules";
import { Files } from "./files.js";
import { Findings } from "./findings.js";
import mc from "./mc.json";
import office from "./panel.js";
import { Saving } from "./saving.js";
import steps from "./steps.js";
import { watchStyles } from "./styles.js";
import translate from "./translate.js";

// The whole drawing beside the palette and under the switches, never larger than life.
const [LEFT, TOP, REST] = [112, 62, 30];
const SIMULATED = 0.6;
const whole = (canvas) => {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - LEFT - REST) / inner.width, (outer.height - TOP - REST) / inner.height);
  if (!(scale > 0)) return;
  canvas.viewbox({ x: inner.x - LEFT / scale, y: inner.y - TOP / scale, width: outer.width / scale, height: outer.height / scale });
};

const start = async (frame) => {
  const setup = JSON.parse(frame.dataset.designer);
  watchStyles(frame);
  const modeler = new Modeler({
    container: frame.querySelector("[data-canvas]"),
    propertiesPanel: { parent: frame.querySelector("[data-panel]") },
    textRenderer: { defaultStyle: { fontFamily: '"Be Vietnam Pro", sans-serif', fontSize: 12 } },
    linting: { bpmnlint: shapeRules, active: true },
    moddleExtensions: { mc },
    office: setup,
    additionalModules: [translate, steps, BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, office, minimap, simulation, shapeLint],
  });
  const file = await fetch(setup.source, { redirect: "error" });
  if (!file.ok) throw new Error(`status ${file.status}`);
  const findings = new Findings(modeler, frame, setup);
  await modeler.importXML(await file.text());
  const saving = new Saving(modeler, frame, setup);
  new Files(modeler, frame, setup, findings, saving);
  frame.classList.add("is-ready");
  modeler.get("canvas").resized();
  const fit = () => whole(modeler.get("canvas"));
  modeler.on("import.done", fit);
  fit();
  const acts = {
    undo: () => modeler.get("commandStack").undo(),
    redo: () => modeler.get("commandStack").redo(),
    in: () => modeler.get("zoomScroll").stepZoom(1),
    out: () => modeler.get("zoomScroll").stepZoom(-1),
    fit,
    map: () => modeler.get("minimap").toggle(),
    find: () => modeler.get("searchPad").toggle(),
  };
  for (const [name, act] of Object.entries(acts)) frame.querySelector(`[data-act="${name}"]`).addEventListener("click", act);
  // The simulation's buttons are not shown on a drawing smaller than half its size.
  modeler.on("tokenSimulation.toggleMode", ({ active }) => {
    const canvas = modeler.get("canvas");
    const begin = modeler.get("elementRegistry").find((each) => is(each, "bpmn:StartEvent") && !is(each.parent, "bpmn:SubProcess"));
    if (!active || !begin || canvas.zoom() > SIMULATED) return;
    canvas.zoom(SIMULATED);
    canvas.scrollToElement(begin, 160);
  });
  const stack = modeler.get("commandStack");
  const undoable = () => {
    frame.querySelector('[data-act="undo"]').disabled = !stack.canUndo();
    frame.querySelector('[data-act="redo"]').disabled = !stack.canRedo();
  };
  modeler.on(["commandStack.changed", "import.done"], undoable);
  undoable();
  // What is sent on from here is what is drawn: the way to publication saves first.
  frame.querySelectorAll("[data-after-save]").forEach((link) =>
    link.addEventListener("click", async (event) => {
      if (!saving.dirty) return;
      event.preventDefault();
      if (await saving.save()) location.href = link.href;
    }),
  );
  frame.dataset.ready = "1";
};

const frame = document.querySelector("[data-designer]");
if (frame) {
  start(frame).catch((error) => {
    console.warn("the editor did not start", error);
    frame.querySelector("[data-failed]").hidden = false;
  });
}
