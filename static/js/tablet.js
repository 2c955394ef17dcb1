// The tablet's own behaviour: an open part of the page stays open when the page is brought up to date.
let open = [];

document.addEventListener("htmx:beforeSwap", () => {
  open = [...document.querySelectorAll("details[open][id]")].map((part) => part.id);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  // A look by the page itself waits while somebody types into it.
  const typing = document.activeElement?.matches("input") && event.detail.elt.contains(document.activeElement);
  if (event.detail.requestConfig.verb === "get" && typing) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});
