"use strict";
// Search, filter and sort the table of letters. Without this the page says the same.
(() => {
  const table = document.getElementById("brev");
  const form = document.querySelector(".tools");
  const shown = document.querySelector(".shown");
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells].filter((cell) => cell.tagName === "TH");
  const collator = new Intl.Collator("nb", { numeric: true });
  const text = (row, name) => (row.querySelector("." + name) || row.querySelector(name)).textContent;
  const fold = (words) => words.normalize("NFC").toLocaleLowerCase("nb");
  const figure = (words) => (words ? Number(words.replace(/\s/g, "").replace("−", "-")) : null);
  const spaced = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const known = rows.map((row) => ({
    row,
    words: fold(["no", "th", "area", "ref"].map((name) => text(row, name)).join(" ")),
    area: text(row, "area"),
    state: text(row, "state"),
    counts: [...row.querySelectorAll(".count")].map((cell) => figure(cell.textContent) || 0),
  }));
  const called = [...table.tHead.querySelectorAll(".count")].map((head) => head.dataset.called);

  const told = (sums) =>
    sums
      .map((sum, at) => {
        const isPart = called[at].startsWith("av dem ");
        return (isPart ? "av dem " : "") + `${spaced(sum)} ${called[at].replace("av dem ", "")}`;
      })
      .join(", ");

  const filter = () => {
    const words = fold(form.words.value).split(/\s+/).filter(Boolean);
    const area = form.area.value;
    const state = form.state.value;
    let count = 0;
    const sums = called.map(() => 0);
    for (const each of known) {
      const fits =
        (!area || each.area === area) &&
        (!state || each.state === state) &&
        words.every((word) => each.words.includes(word));
      each.row.hidden = !fits;
      if (fits) {
        count += 1;
        each.counts.forEach((figure, at) => (sums[at] += figure));
      }
    }
    shown.classList.toggle("some", count < rows.length);
    shown.textContent = count
      ? [`Viser ${spaced(count)} av ${spaced(rows.length)} brev`, told(sums)].filter(Boolean).join(": ") + "."
      : "Ingen brev passer til søket.";
  };

  const sort = (head) => {
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const numeric = head.classList.contains("n");
    const keys = new Map(
      rows.map((row) => {
        const words = row.cells[column].textContent;
        return [row, numeric ? figure(words) : words || null];
      }),
    );
    const order = (a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === null || y === null) return (x === null) - (y === null); // unknown comes last
      return (numeric ? x - y : collator.compare(x, y)) * (down ? -1 : 1);
    };
    table.tBodies[0].append(...rows.sort(order));
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }
  heads[0].setAttribute("aria-sort", "ascending");
  table.classList.add("sortable");
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  // A tile of the map leads to a row, which must not be hidden then.
  document.querySelector(".map")?.addEventListener("click", (event) => {
    if (event.target.closest("a")) {
      form.reset();
      filter();
    }
  });
  filter();
})();
