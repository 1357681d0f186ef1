// Shows diagrams with bpmn-js where a page has one. The server's own drawing stays in the page: it
// is what is seen without JavaScript and when the file cannot be shown.
import "bpmn-js/dist/assets/diagram-js.css";
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const STEP = 1.25;
const NARROW = 90;

const text = (kind, words) => {
  const found = document.createElement("span");
  found.className = kind;
  found.textContent = words; // labels are foreign text, never markup
  return found;
};

const mark = (viewer, element, { kind, sign, note }) => {
  if (!viewer.get("elementRegistry").get(element)) return;
  viewer.get("canvas").addMarker(element, `mark-${kind}`);
  if (viewer.get("elementRegistry").get(element).waypoints) return;
  const overlays = viewer.get("overlays");
  if (sign) overlays.add(element, { position: { top: -11, right: 13 }, html: text(`diagram-sign diagram-sign--${kind}`, sign) });
  if (note) overlays.add(element, { position: { bottom: 9, left: 0 }, html: text("diagram-note", note) });
};

// The whole drawing when it is legible so, else its height with what is marked "now" in the middle.
const place = (viewer, frame) => {
  const canvas = viewer.get("canvas");
  const drawing = canvas.viewbox().inner;
  const whole = frame.clientWidth / drawing.width;
  if (whole >= 0.55) {
    canvas.zoom("fit-viewport", "auto");
    return;
  }
  canvas.zoom(0.8);
  const at = viewer.get("elementRegistry").find((each) => canvas.hasMarker(each, "mark-now"));
  const seen = canvas.viewbox();
  const from = (begin, length, part, middle) =>
    Math.max(begin - 20, Math.min(begin + length + 20 - part, middle - part / 2));
  canvas.viewbox({
    x: from(drawing.x, drawing.width, seen.width, at ? at.x + at.width / 2 : 0),
    y: from(drawing.y, drawing.height, seen.height, at ? at.y + at.height / 2 : 0),
    width: seen.width,
    height: seen.height,
  });
};

const show = async (frame) => {
  const canvas = document.createElement("div");
  canvas.className = "diagram-canvas";
  const answer = await fetch(frame.dataset.diagram, { redirect: "error" });
  if (!answer.ok) return;
  frame.append(canvas);
  const viewer = new NavigatedViewer({
    container: canvas,
    textRenderer: { defaultStyle: { fontFamily: '"Be Vietnam Pro", sans-serif', fontSize: 12 } },
    zoomScroll: { enabled: false }, // the wheel moves the page; the buttons zoom
  });
  // Files leave narrow places for labels; the same middle with more room breaks no word.
  viewer.on("shape.add", 2000, ({ element }) => {
    if (!element.labelTarget || element.width >= NARROW) return;
    element.x -= (NARROW - element.width) / 2;
    element.width = NARROW;
  });
  try {
    await viewer.importXML(await answer.text());
  } catch (error) {
    canvas.remove();
    console.warn("the diagram is shown as the server drew it", error);
    return;
  }
  const { marks } = JSON.parse(frame.dataset.marks);
  for (const [element, found] of Object.entries(marks)) mark(viewer, element, found);
  // The drawing's name moves with what is seen: a page has each landmark once.
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", frame.querySelector(".desk-diagram").getAttribute("aria-label"));
  frame.classList.add("is-shown");
  const inner = viewer.get("canvas").viewbox().inner;
  const height = inner.height * Math.min(1, Math.max(0.8, frame.clientWidth / inner.width)) + 60;
  canvas.style.height = `${Math.min(620, Math.max(260, height))}px`;
  viewer.get("canvas").resized();
  place(viewer, frame);
  frame.querySelectorAll("[data-zoom]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const seen = viewer.get("canvas");
      if (button.dataset.zoom === "fit") seen.zoom("fit-viewport", "auto");
      else seen.zoom(seen.zoom() * (button.dataset.zoom === "in" ? STEP : 1 / STEP));
    });
  });
  frame.dataset.ready = "1";
};

document.querySelectorAll("[data-diagram]").forEach((frame) => {
  show(frame).catch((error) => console.warn("the diagram is shown as the server drew it", error));
});
