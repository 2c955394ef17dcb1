// A link to a visit carries its code behind #, where no server and no log sees it. It is sent once, by this page.
const form = document.getElementById("join-form");
const code = window.location.hash.slice(1);
if (form && /^[0-9A-Za-z-]{8,12}$/.test(code)) {
  window.history.replaceState(null, "", window.location.pathname);
  form.elements.code.value = code;
  form.requestSubmit();
}
