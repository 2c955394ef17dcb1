// The region's desk: a form that asks before it does something for good, and a text that is not lost by leaving.
let changed = false;

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-keep]")) changed = true;
});
document.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

// After a sentence was confirmed the next open one takes the focus, so that the keyboard alone is enough.
document.addEventListener("htmx:afterSettle", () => {
  const next = document.querySelector("[data-next-to-confirm]");
  if (next && document.activeElement === document.body) next.focus();
});
