// Files in and out: any BPMN file opens, or all that stands in its way is told at once.
import { download } from "./talk.js";

const MOST_BYTES = 2 * 1024 * 1024;
const FINE = 2; // pixels of the picture for one of the drawing

const words = (tag, text) => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};

export class Files {
  constructor(modeler, frame, setup, findings, saving) {
    Object.assign(this, { modeler, setup, findings, saving });
    this.told = frame.querySelector("[data-opened]");
    const field = frame.querySelector("[data-open]");
    field.addEventListener("change", () => {
      if (field.files[0]) this.open(field.files[0]);
      field.value = "";
    });
    const name = setup.code;
    const acts = {
      bpmn: async () => download(`${name}.bpmn`, await saving.xml(), "application/xml"),
      svg: async () => download(`${name}.svg`, (await modeler.saveSVG()).svg, "image/svg+xml"),
      png: async () => download(`${name}.png`, await this.picture()),
    };
    for (const [kind, act] of Object.entries(acts)) frame.querySelector(`[data-export="${kind}"]`).addEventListener("click", act);
  }

  /** Show a file instead of the drawing; what was stored before is kept beside the draft. */
  async open(file) {
    if (file.size > MOST_BYTES) {
      this.tell(`Không mở “${file.name}”: tệp lớn hơn 2 MB.`, []);
      return;
    }
    const before = await this.saving.xml();
    const text = await file.text();
    let found;
    try {
      found = await this.findings.of(text);
    } catch {
      this.tell(`Chưa mở “${file.name}”: máy chủ chưa kiểm tra được tệp, hãy thử lại.`, []);
      return;
    }
    // What cannot be read has no element to stand on: nothing of it may reach the drawing.
    const unreadable = found.filter((each) => /^(xml-|not-bpmn|check-stopped|process-missing)/.test(each.code));
    if (unreadable.length) {
      this.tell(`Không mở “${file.name}” được. Sơ đồ đang vẽ giữ nguyên.`, unreadable);
      return;
    }
    try {
      await this.modeler.importXML(text);
    } catch (error) {
      await this.modeler.importXML(before);
      this.tell(`Không vẽ “${file.name}” được (${error.message}). Sơ đồ đang vẽ giữ nguyên.`, found);
      return;
    }
    const stops = found.filter((each) => each.blocks === "run");
    this.tell(stops.length ? `Đã mở “${file.name}”. ${stops.length} điểm làm sơ đồ chưa chạy được:` : `Đã mở “${file.name}”.`, stops);
    await this.saving.save({ keep: true });
  }

  tell(headline, found) {
    const list = document.createElement("ul");
    for (const each of found) list.append(words("li", [each.element_id, each.line && `dòng ${each.line}`].filter(Boolean).join(", ") + (each.element_id || each.line ? ": " : "") + each.message + (each.hint ? ` ${each.hint}` : "")));
    const close = words("button", "Đóng");
    close.type = "button";
    close.className = "designer__act";
    close.addEventListener("click", () => {
      this.told.hidden = true;
    });
    this.told.replaceChildren(words("strong", headline), list, close);
    this.told.hidden = false;
    this.told.focus();
  }

  async picture() {
    const { svg } = await this.modeler.saveSVG();
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * FINE;
    canvas.height = image.naturalHeight * FINE;
    const sheet = canvas.getContext("2d");
    sheet.fillStyle = "#fff";
    sheet.fillRect(0, 0, canvas.width, canvas.height);
    sheet.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
}
