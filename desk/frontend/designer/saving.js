// Saves the draft by itself and says so; when another saved meanwhile, nothing of either is lost.
import { download, send } from "./talk.js";

const PAUSE = 1_500;
const AGAIN = 10_000;
const MOST_KEPT_ALIVE = 60_000;

export class Saving {
  constructor(modeler, frame, setup) {
    this.modeler = modeler;
    this.setup = setup;
    this.revision = setup.revision;
    this.state = frame.querySelector("[data-saved]");
    this.conflict = frame.querySelector("[data-conflict]");
    this.dirty = false;
    this.stopped = false;
    modeler.on("commandStack.changed", () => this.soon());
    this.conflict.querySelector("[data-mine]").addEventListener("click", () => this.overwrite());
    this.conflict.querySelector("[data-file]").addEventListener("click", async () => download(`${setup.code}-cua-toi.bpmn`, (await this.xml()), "application/xml"));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.dirty && !this.stopped) this.save({ leaving: true });
    });
    this.say("saved", "Chưa có thay đổi");
  }

  say(state, words) {
    this.state.dataset.saved = state;
    this.state.textContent = words;
  }

  soon(wait = PAUSE) {
    this.dirty = true;
    if (this.stopped) return;
    this.say("waiting", "Có thay đổi chưa lưu");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  async xml() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  /** Save now; `keep` keeps the stored version beside the draft. Gives whether all is saved. */
  async save({ keep = false, leaving = false } = {}) {
    clearTimeout(this.timer);
    if (this.busy) {
      await this.busy;
      if (!this.dirty && !keep) return !this.stopped;
    }
    this.busy = this.once(keep, leaving);
    try {
      return await this.busy;
    } finally {
      this.busy = null;
    }
  }

  async once(keep, leaving) {
    let xml;
    try {
      xml = await this.xml();
    } catch {
      this.say("failed", "Sơ đồ chưa lưu được: hãy hoàn tác bước vừa rồi.");
      return false;
    }
    this.dirty = false;
    this.say("saving", "Đang lưu…");
    let answer;
    try {
      answer = await send(this.setup.save, {
        token: this.setup.token,
        body: xml,
        headers: { "If-Match": `"${this.revision}"`, ...(keep ? { "X-Keep": "1" } : {}) },
        keepalive: leaving && xml.length < MOST_KEPT_ALIVE,
      });
    } catch {
      answer = { status: 0, data: null };
    }
    if (answer.status === 200 && answer.data?.revision) {
      this.revision = answer.data.revision;
      document.querySelectorAll('[name="revision"]').forEach((field) => {
        field.value = this.revision;
      });
      if (!leaving) this.table();
      if (!this.dirty) this.say("saved", `Đã lưu lúc ${new Date().toLocaleTimeString("vi-VN")} · bản ${this.revision}`);
      return true;
    }
    this.dirty = true;
    if (answer.status === 409 || answer.status === 404) this.meet(answer);
    else {
      this.say("failed", answer.data?.message ?? "Chưa lưu được; sẽ tự thử lại. Xin đừng đóng trang này.");
      this.timer = setTimeout(() => this.save(), AGAIN);
    }
    return false;
  }

  /** The page's table follows what is saved. */
  async table() {
    const place = document.querySelector("[data-table]");
    const answer = await fetch(this.setup.table, { redirect: "manual" }).catch(() => null);
    if (place && answer?.ok) place.innerHTML = await answer.text();
  }

  /** Another saved, published or discarded the draft: stop saving until the person has chosen. */
  meet({ status, data }) {
    this.stopped = true;
    this.say("conflict", "Ngừng tự lưu");
    this.conflict.hidden = false;
    this.conflict.querySelector("[data-words]").textContent = data?.message ?? "Bản thảo không còn nữa.";
    this.conflict.querySelector("[data-mine]").hidden = status === 404;
    this.theirs = data?.revision;
    this.conflict.focus();
  }

  async overwrite() {
    this.revision = this.theirs;
    this.stopped = false;
    this.conflict.hidden = true;
    await this.save({ keep: true });
  }
}
