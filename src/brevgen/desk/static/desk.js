/* What the pages do besides: nothing is asked for again and again while nobody looks, or may. */
document.addEventListener("htmx:before:request", (event) => {
  const from = event.target;
  if ((document.hidden || isOut) && from.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
});

/* A button that is clicked twice sends its form once; the answer to the second would be an error. */
const AGAIN = 2_000;
let sent = { form: null, at: 0 };
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const isTwice = event.target === sent.form && event.timeStamp - sent.at < AGAIN;
  if (isTwice) event.preventDefault();
  else sent = { form: event.target, at: event.timeStamp };
});

/* A button that shows and hides something, which is there only where scripts run. */
const show = (button, isShown) => {
  document.getElementById(button.dataset.shows).hidden = !isShown;
  button.setAttribute("aria-expanded", isShown);
};
const prepare = () => {
  for (const button of document.querySelectorAll("[data-shows]")) button.hidden = false;
  for (const form of document.querySelectorAll("form.choose")) count(form);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shows]");
  if (button) show(button, button.getAttribute("aria-expanded") !== "true");
});

/* How many are chosen; what is done with them is offered once there are some. */
const count = (form) => {
  const chosen = form.querySelectorAll("input[name=only]:checked").length;
  for (const told of form.querySelectorAll("[data-counted]"))
    told.textContent = told.dataset.counted.replace("{count}", chosen);
  for (const bar of form.querySelectorAll(".bar")) bar.hidden = !chosen;
};
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.choose");
  if (form) count(form);
});

/* Keys of a table, heard only while something in it has the focus. */
const step = (table, from, by) => {
  const rows = [...table.tBodies[0].rows];
  const at = rows.indexOf(from.closest("tbody tr"));
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.querySelector("th a")?.focus();
};
const keys = {
  j: (table, from) => step(table, from, 1),
  k: (table, from) => step(table, from, -1),
  ArrowDown: (table, from) => step(table, from, 1),
  ArrowUp: (table, from) => step(table, from, -1),
  x: (table, from) => from.closest("tbody tr")?.querySelector("input[type=checkbox]")?.click(),
  "?": (table) => {
    const button = document.querySelector(`[data-shows=${table.dataset.keys}]`);
    show(button, button.getAttribute("aria-expanded") !== "true");
  },
};
document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("table[data-keys]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key](table, event.target);
});

/* What went wrong is read out, and is where one goes on from. */
const meet = () => {
  const [opened] = performance.getEntriesByType("navigation");
  if (opened?.responseStatus < 400) return;
  const told = document.querySelector("main .ds-error-summary, main .ds-alert[role=alert]");
  if (!told) return;
  told.setAttribute("tabindex", "-1");
  told.focus();
};

document.addEventListener("DOMContentLoaded", () => (prepare(), meet()));
document.addEventListener("htmx:after:swap", prepare);

/* How the session stands is told by the part of each page that is asked for anew; that it ends soon
   or has ended is said, and nothing is asked for until somebody comes back, maybe logged in anew. */
const beside = () => document.getElementById("beside");
const ending = document.getElementById("ending");
let isOut = false;
const say = (what) => {
  const isHeld = ending.contains(document.activeElement);
  ending.hidden = !what;
  for (const part of ending.children) part.hidden = part.dataset.when !== what;
  isOut = what === "ended";
  if (!isHeld) return;
  const onward = isOut ? ending.querySelector("[data-when=ended]") : document.getElementById("main");
  onward.focus({ preventScroll: true });
};
const look = () => {
  isOut = false;
  htmx.trigger(beside(), "look");
};
if (ending) {
  document.addEventListener("htmx:after:request", (event) => {
    const { status } = event.detail.ctx.response;
    if (event.target.id !== "beside" || status < 400) return;
    event.preventDefault();
    if (status === 401) say("ended");
  });
  document.addEventListener("htmx:after:swap", () => say(beside().dataset.ends));
  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("focus", () => isOut && look());
  ending.querySelector("button").addEventListener("click", async () => {
    await fetch("/account", { redirect: "manual" }).catch(() => null);
    look();
  });
  say(beside().dataset.ends);
}
