// The kiosk's own behaviour: a hand scanner is heard on every page, and an idle page closes itself.
import { listenForScans } from "./scanner.js";
import { watchIdle } from "./idle.js";

const body = document.body;

listenForScans({
  prefix: body.dataset.scannerPrefix ?? "",
  found(code) {
    const form = document.getElementById("scanned");
    form.elements.code.value = code;
    form.submit();
  },
});

const done = document.querySelector("[data-ends-after]");
const leave = () => document.getElementById("idle-leave").submit();
if (done) window.setTimeout(leave, Number(done.dataset.endsAfter) * 1000);
else if (body.dataset.hasVisit === "true" || !body.classList.contains("start")) {
  watchIdle({
    idleSeconds: Number(body.dataset.idle),
    warningSeconds: Number(body.dataset.warning),
    dialog: document.getElementById("idle"),
    count: document.getElementById("idle-count"),
    stay: document.getElementById("idle-stay"),
    leave,
  });
}
