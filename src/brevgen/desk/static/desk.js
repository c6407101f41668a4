/* What the pages do besides: nothing is asked for again and again while nobody looks. */
document.addEventListener("htmx:before:request", (event) => {
  const from = event.target;
  if (document.hidden && from.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
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

/* Some minutes before a session ends for want of a page, it is told, and goes on if that is wanted. */
const WARNED = 3;
const ending = document.getElementById("ending");
if (ending) {
  const [soon, stay, ended] = ending.children;
  let waiting;
  const tell = (isEnded) => {
    soon.hidden = stay.hidden = isEnded;
    ended.hidden = !isEnded;
    if (isEnded) ended.focus();
  };
  const wait = () => {
    clearTimeout(waiting);
    ending.hidden = true;
    tell(false);
    const minutes = Math.max(1, ending.dataset.minutes - WARNED);
    waiting = setTimeout(() => (ending.hidden = false), minutes * 60_000);
  };
  stay.addEventListener("click", async () => {
    const answer = await fetch("/account", { redirect: "manual" }).catch(() => null);
    if (answer?.ok) wait();
    else if (answer) tell(true);
  });
  document.addEventListener("htmx:after:request", wait);
  wait();
}
