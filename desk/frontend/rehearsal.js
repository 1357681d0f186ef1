// The rehearsal's pages: sliders beside number fields, and one simulated day on the diagram.
// Without it the fields take numbers and the day is a table.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  waiting: "M0 -5A5 5 0 1 1 0 5A5 5 0 1 1 0 -5z",
  working: "M-5 -5H5V5H-5z",
  held: "M0 -6L6 0L0 6L-6 0z",
};
const STEP = 13;
const TRAVEL = 0.7; // seconds of the watcher, from one step to the next
const ROWS = 3;

document.querySelectorAll("input[data-slider]").forEach((field) => {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "desk-slider";
  slider.min = field.min;
  slider.max = field.dataset.slider || field.max;
  slider.step = field.step;
  slider.value = field.value;
  slider.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`).textContent.trim());
  slider.addEventListener("input", () => (field.value = slider.value));
  field.addEventListener("input", () => (slider.value = field.value));
  field.before(slider);
});

const hour = (second) => `${String(Math.floor(second / 3600)).padStart(2, "0")}:${String(Math.floor(second / 60) % 60).padStart(2, "0")}`;

// A point so far along a line of points, 0 at its beginning and 1 at its end.
const along = (points, share) => {
  const lengths = points.slice(1).map((p, i) => Math.hypot(p[0] - points[i][0], p[1] - points[i][1]));
  let left = share * lengths.reduce((sum, each) => sum + each, 0);
  for (let i = 0; i < lengths.length; i += 1) {
    if (left <= lengths[i] && lengths[i] > 0) {
      const part = left / lengths[i];
      return [points[i][0] + (points[i + 1][0] - points[i][0]) * part, points[i][1] + (points[i + 1][1] - points[i][1]) * part];
    }
    left -= lengths[i];
  }
  return points[points.length - 1];
};

const watch = (place, day) => {
  const svg = place.querySelector(".desk-day__picture svg");
  const find = (name) => place.querySelector(`[data-${name}]`);
  const [play, slider, clock, speed] = ["play", "time", "clock", "speed"].map(find);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const layer = svg.appendChild(document.createElementNS(SVG, "g"));
  const first = Math.floor(day.from / 1800) * 1800;
  const last = Math.ceil((day.to + 600) / 1800) * 1800;
  let time = first;
  let running = false;
  let before = 0;

  // What each dossier did before a stay, so that it is seen to come from there.
  const latest = new Map();
  const stays = day.stays
    .filter((stay) => day.boxes[stay.element])
    .map((stay) => {
      const from = latest.get(stay.case);
      latest.set(stay.case, stay.element);
      return { ...stay, from: from !== stay.element ? from : undefined, drawn: null };
    });
  const moments = [...new Set(stays.flatMap((stay) => [stay.since, stay.begun, stay.until]).filter((second) => second > 0))].sort((a, b) => a - b);
  const counts = new Map();
  Object.keys(day.boxes).forEach((element) => {
    const text = layer.appendChild(document.createElementNS(SVG, "text"));
    text.setAttribute("class", "token-count");
    const [x, y, width, height] = day.boxes[element];
    text.setAttribute("x", x + width);
    text.setAttribute("y", y + height + STEP * ROWS + 14);
    text.setAttribute("text-anchor", "end");
    counts.set(element, text);
  });

  const draw = () => {
    const travel = still ? 0 : TRAVEL * Number(speed.value);
    const here = new Map();
    stays.forEach((stay) => {
      const inside = stay.since <= time && (stay.until < 0 || stay.until > time);
      if (!inside) {
        stay.drawn?.remove();
        stay.drawn = null;
        return;
      }
      const number = here.get(stay.element) ?? 0;
      here.set(stay.element, number + 1);
      const [x, y, width, height] = day.boxes[stay.element];
      const columns = Math.max(3, Math.floor(width / STEP));
      if (number >= columns * ROWS) {
        stay.drawn?.remove();
        stay.drawn = null;
        return;
      }
      let at = [x + 7 + (number % columns) * STEP, y + height + 8 + Math.floor(number / columns) * STEP];
      if (stay.from && stay.since > 0 && time - stay.since < travel && day.boxes[stay.from]) {
        const [fx, fy, fw, fh] = day.boxes[stay.from];
        const way = day.paths[`${stay.from}>${stay.element}`] ?? [[fx + fw / 2, fy + fh / 2], [x + width / 2, y + height / 2]];
        at = along([...way, at], (time - stay.since) / travel);
      }
      const kind = stay.kind === "held" ? "held" : stay.begun >= 0 && stay.begun <= time ? "working" : "waiting";
      if (!stay.drawn) stay.drawn = layer.appendChild(document.createElementNS(SVG, "path"));
      stay.drawn.setAttribute("d", SHAPES[kind]);
      stay.drawn.setAttribute("class", `token ${kind}`);
      stay.drawn.setAttribute("transform", `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})`);
    });
    counts.forEach((text, element) => {
      const [, , width] = day.boxes[element];
      const shown = Math.max(3, Math.floor(width / STEP)) * ROWS;
      const more = (here.get(element) ?? 0) - shown;
      text.textContent = more > 0 ? `+${more}` : "";
    });
    slider.value = time;
    clock.textContent = hour(time);
  };

  const stop = () => {
    running = false;
    play.textContent = play.dataset.go;
  };
  const frame = (now) => {
    if (!running) return;
    time = Math.min(last, time + ((now - before) / 1000) * Number(speed.value));
    before = now;
    draw();
    if (time >= last) stop();
    else requestAnimationFrame(frame);
  };
  play.addEventListener("click", () => {
    if (running) return stop();
    if (time >= last) time = first;
    running = true;
    play.textContent = play.dataset.pause;
    before = performance.now();
    requestAnimationFrame(frame);
  });
  const jump = (second) => {
    stop();
    time = Math.min(last, Math.max(first, second));
    draw();
  };
  find("on").addEventListener("click", () => jump(moments.find((second) => second > time) ?? last));
  find("back").addEventListener("click", () => jump(moments.filter((second) => second < time).pop() ?? first));
  slider.min = first;
  slider.max = last;
  slider.addEventListener("input", () => jump(Number(slider.value)));
  place.querySelector(".desk-day__tools").hidden = false;
  find("key").hidden = false;
  if (still) play.hidden = true; // who wants no motion goes from event to event
  draw();
  place.dataset.ready = "";
};

document.querySelectorAll("[data-day]").forEach(async (place) => {
  const answer = await fetch(place.dataset.day);
  if (answer.ok) watch(place, await answer.json());
});
