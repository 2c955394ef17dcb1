// The region's desk: a text that was typed is not lost by leaving the page, and links open what they lead into.
let changed = false;

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-keep]")) changed = true;
});
document.addEventListener("submit", (event) => {
  if (event.target.querySelector("textarea[data-keep]")) changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

// After a sentence was confirmed the next open one takes the focus, so that the keyboard alone is enough.
document.addEventListener("htmx:afterSettle", () => {
  const next = document.querySelector("[data-next-to-confirm]");
  if (next && document.activeElement === document.body) next.focus();
});

// A link to a line of the document opens the part in which the document stands.
document.addEventListener("click", (event) => {
  const opens = event.target.closest?.("a[data-opens]")?.dataset.opens;
  if (opens) document.getElementById(opens)?.setAttribute("open", "");
});
