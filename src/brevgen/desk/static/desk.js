/* What the pages do besides: nothing is asked for again and again while nobody looks. */
document.addEventListener("htmx:before:request", (event) => {
  const from = event.target;
  if (document.hidden && from.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
});
