// What every page does: htmx sends the CSRF token, a page kept by the browser is read anew, and a summary of
// faults takes the focus. The token comes from a meta tag and is put into each request by itself.
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

const giveFocus = (root) => {
  const wanted = root.querySelector("[data-takes-focus]");
  if (wanted) wanted.focus();
  else if (root !== document) root.querySelector("[autofocus]")?.focus();
};

const revealKeys = (root) => {
  for (const keys of root.querySelectorAll("[data-types-into][hidden]")) keys.hidden = false;
};

// What the camera has read is sent as a page's own form: its answer is a whole page, whatever it says.
const sendItself = (root) => root.querySelector("form[data-sends-itself]")?.requestSubmit();

const ready = (root) => {
  revealKeys(root);
  giveFocus(root);
  sendItself(root);
};

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.elt;
  if (target instanceof Element && target.isConnected) ready(target.parentElement ?? target);
});
ready(document);

// Buttons that type: a numeric pad or a keyboard of real buttons, for the field that they name.
const type = (field, button) => {
  if (button.hasAttribute("data-clear")) field.value = "";
  else if (button.hasAttribute("data-erase")) field.value = field.value.slice(0, -1);
  else if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += button.dataset.key;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

// A pad may stand beside several fields: it types into the one that had the focus last, else into the first.
let lastField = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("input")) lastField = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-types-into] button");
  if (!button) return;
  const names = button.closest("[data-types-into]").dataset.typesInto.split(" ");
  const field = document.getElementById(names.includes(lastField?.id) ? lastField.id : names[0]);
  if (field) type(field, button);
});

// A chosen photo is sent at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends-form]") && event.target.files.length) event.target.form.requestSubmit();
});

// A form that was sent is not sent again by an impatient second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "true";
  window.setTimeout(() => { form.dataset.sent = ""; }, 4000);
}, true);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form) form.dataset.sent = "";
});
