// What the office's linter says of the drawing, while it is drawn: one list, and a mark on each element.
import { send } from "./talk.js";

const PAUSE = 500;
const GRAVITY = { error: "lỗi", warning: "cảnh báo", note: "ghi chú" };
const SIGNS = { error: "✕", warning: "!", note: "i" };

const element = (tag, kind, words) => {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (words) made.textContent = words;
  return made;
};

export class Findings {
  constructor(modeler, frame, setup) {
    this.modeler = modeler;
    this.setup = setup;
    this.list = frame.querySelector("[data-findings]");
    this.count = frame.querySelector("[data-findings-count]");
    this.found = [];
    this.asked = 0;
    modeler.on("commandStack.changed", () => this.soon());
    modeler.on("import.done", () => this.soon(0));
  }

  soon(wait = PAUSE) {
    clearTimeout(this.timer);
    this.count.dataset.state = "waiting";
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.running?.abort();
    this.running = new AbortController();
    const turn = ++this.asked;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const found = await this.of(xml, this.running.signal);
      if (turn === this.asked) this.show(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.count.dataset.state = "failed";
      this.count.textContent = "Chưa kiểm tra được; sẽ thử lại khi sơ đồ thay đổi.";
    }
  }

  /** What the linter says of a file, shown nowhere yet. */
  async of(xml, signal) {
    const { status, data } = await send(this.setup.check, { token: this.setup.token, body: xml, signal });
    if (!data?.findings) throw new Error(data?.message ?? `status ${status}`);
    return data.findings;
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((each) => this.row(each)));
    const of = (severity) => found.filter((each) => each.severity === severity).length;
    this.count.dataset.state = of("error") ? "error" : of("warning") ? "warning" : "good";
    this.count.textContent = found.length ? `${of("error")} lỗi, ${of("warning")} cảnh báo, ${of("note")} ghi chú` : "Không có điểm nào cần sửa";
    this.mark();
  }

  row(finding) {
    const row = element("li", `finding finding--${finding.severity}`);
    const button = element("button", "finding__go");
    button.type = "button";
    button.append(element("span", "finding__sign", SIGNS[finding.severity]), element("span", "finding__words", finding.message));
    button.title = `${GRAVITY[finding.severity]} · ${finding.code}${finding.rule ? ` · ${finding.rule}` : ""}`;
    button.addEventListener("click", () => this.go(finding));
    row.append(button);
    if (finding.hint) row.append(element("p", "finding__hint", finding.hint));
    row.dataset.code = finding.code;
    return row;
  }

  /** The shape a finding is about; what is not drawn itself stands on its pool or on the sheet. */
  shape({ element_id: id }) {
    const registry = this.modeler.get("elementRegistry");
    const found = id && registry.get(id);
    if (found) return found;
    const pool = id && registry.find((each) => each.businessObject?.processRef?.id === id);
    return pool ?? this.modeler.get("canvas").getRootElement();
  }

  go(finding) {
    const shape = this.shape(finding);
    const canvas = this.modeler.get("canvas");
    if (canvas.findRoot(shape) !== canvas.getRootElement()) canvas.setRootElement(canvas.findRoot(shape));
    this.modeler.get("selection").select(shape);
    if (shape !== canvas.getRootElement()) canvas.scrollToElement(shape, 120);
  }

  mark() {
    const overlays = this.modeler.get("overlays");
    const canvas = this.modeler.get("canvas");
    overlays.remove({ type: "finding" });
    for (const [shape, severity] of this.marked ?? []) if (this.modeler.get("elementRegistry").get(shape)) canvas.removeMarker(shape, `has-${severity}`);
    const worst = new Map();
    for (const finding of this.found) {
      const shape = this.shape(finding);
      if (shape === canvas.getRootElement()) continue;
      const at = worst.get(shape.id) ?? { severity: finding.severity, words: [] };
      at.words.push(finding.message);
      worst.set(shape.id, at); // the gravest comes first in the list
    }
    this.marked = [...worst].map(([id, { severity }]) => [id, severity]);
    for (const [id, { severity, words }] of worst) {
      canvas.addMarker(id, `has-${severity}`);
      const sign = element("button", `finding-mark finding-mark--${severity}`, SIGNS[severity]);
      sign.type = "button";
      sign.title = words.join("\n");
      sign.addEventListener("click", () => this.go({ element_id: id }));
      overlays.add(id, "finding", { position: { bottom: 10, right: 10 }, html: sign });
    }
  }
}
