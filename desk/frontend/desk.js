// What the desk does with JavaScript; every form and link works without it.
import htmx from "htmx.org";

window.htmx = htmx;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "...", swap: false, error: true },
];

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const pages = { d: "/desk", t: "/desk/receive", r: "/returns" };
let pressed = "";

const choose = (row) => {
  rows().forEach((each) => each.classList.toggle("is-current", each === row));
  if (row) {
    row.querySelector("a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
};

const move = (by) => {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  choose(all[Math.min(all.length - 1, Math.max(0, now + by))]);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.getElementById("keys");
  if (typing(event.target)) {
    if (event.key === "Enter" && event.target.matches("[data-pick-first]")) {
      const first = document.querySelector(".desk-procedures a");
      if (first) {
        event.preventDefault();
        first.click();
      }
    } else if (event.key === "ArrowDown" && event.target.matches("[data-pick-first]")) {
      event.preventDefault();
      document.querySelector(".desk-procedures a")?.focus();
    }
    return;
  }
  // A key that acts on the page behind the list of keys closes the list first: what lies behind an
  // open dialog takes no focus, and Escape may still be on its way.
  if (dialog?.open && event.key !== "?" && event.key.length === 1) dialog.close();
  const before = pressed;
  pressed = "";
  if (before === "g" && pages[event.key]) location.href = pages[event.key];
  else if (event.key === "g") pressed = "g";
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else if (event.key === "?" && dialog && !dialog.open) dialog.showModal();
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".desk-procedures")) {
    const next = event.target.closest("li")[event.key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling"];
    (next?.querySelector("a") ?? document.querySelector("[data-pick-first]")).focus();
  } else return;
  event.preventDefault();
});

document.querySelectorAll("[data-opens]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
});

// A second click on the way to the answer does nothing; the server would not do it twice either.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-once]");
  if (!button) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

document.querySelector("[data-focus]")?.focus();
document.querySelectorAll(".desk-diagram .now").forEach((node) => {
  const frame = node.closest(".desk-diagram");
  const middle = node.getBoundingClientRect().left - frame.getBoundingClientRect().left;
  frame.scrollLeft += middle - frame.clientWidth / 2;
});
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  if (button.autofocus) button.focus(); // the browser may have looked while it was still hidden
  button.addEventListener("click", () => window.print());
});

// The list asks every half minute whether it has changed, while somebody looks at it.
document.querySelectorAll("[data-poll]").forEach((place) => {
  let etag = "";
  const ask = async () => {
    if (document.hidden || place.contains(document.activeElement) || place.querySelector(":checked")) return;
    try {
      const answer = await fetch(place.dataset.poll, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "manual" });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        const current = document.querySelector(".is-current")?.dataset.row;
        place.innerHTML = await answer.text();
        rows().find((row) => row.dataset.row === current)?.classList.add("is-current");
      } else if (answer.type === "opaqueredirect") location.reload();
    } catch {
      // The network is away: the next round asks again.
    }
  };
  setInterval(ask, Number(place.dataset.pollSeconds) * 1000);
});
