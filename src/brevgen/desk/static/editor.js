// Shows the letter anew after a pause in typing. Without this, the button “Show” does the same.
"use strict";

const PAUSE = 250; // ms
const form = document.querySelector("form[data-live]");

if (form) {
  const show = document.getElementById("show");
  const choice = document.getElementById("form");
  show.hidden = true;
  let waiting, asked, isChanged = false;

  const ask = async () => {
    asked?.abort(); // an answer to what is typed over already is of no use
    const mine = (asked = new AbortController());
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "show");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
      if (mine !== asked || answer.status === 204) return;
      if (answer.redirected || !answer.ok) return form.requestSubmit(show);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine === asked) take(page);
    } catch (error) {
      if (error.name !== "AbortError") document.getElementById("said").textContent = form.dataset.away;
    }
  };

  const take = (page) => {
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh) continue;
      const keeps = "kept" in old.dataset && !fresh.querySelector("img, iframe");
      old.classList.toggle("old", keeps); // the last letter stays, and is seen to be the last
      if (keeps || old.innerHTML === fresh.innerHTML) continue;
      const words = fresh.querySelector("details"); // stay open where they were opened
      if (words) words.open = old.querySelector("details")?.open ?? words.open;
      old.replaceChildren(...fresh.childNodes);
    }
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };

  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    isChanged = true;
    if (choice.value && event.target.dataset.form) choice.value = event.target.dataset.form;
    later();
  });
  form.addEventListener("change", (event) => {
    if (event.target.id === "round") show.hidden = false; // other municipalities; nothing moves by itself
    else if (event.target.matches("select")) ask();
  });
  form.addEventListener("submit", () => (isChanged = false));
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-line]");
    if (!link) return;
    event.preventDefault();
    const text = document.querySelector(link.getAttribute("href"));
    const lines = text.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + lines[line - 1].length);
    text.scrollTop = (text.scrollHeight / lines.length) * (line - 3);
  });
  document.getElementById("refused")?.focus();
}
