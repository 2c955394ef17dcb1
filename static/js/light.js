// Each face says what it has drawn: the terms code of the sheet that stands on its screen, once the browser has
// painted it, and again every eight seconds. Whoever sees the sheet is known by these reports alone.
const EVERY = 8000;
const ASK_EVERY = 2000;
const MEND_EVERY = 700;

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const shown = () => {
  const sheet = document.getElementById("sheet");
  const stands = sheet && (sheet.checkVisibility?.() ?? true);
  return stands ? (sheet.dataset.termsCode ?? "") : "";
};

let reported = null;
let at = 0;
let busy = false;

const swap = (html) => {
  const light = document.getElementById("light");
  if (!light || light.dataset.quiet || !html.trim()) return;
  if (light.dataset.html === html && !light.dataset.isLost) return;
  window.htmx.swap("#light", html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  const fresh = document.getElementById("light");
  if (fresh) fresh.dataset.html = html;
};

const lose = () => {
  const light = document.getElementById("light");
  if (!light || !light.dataset.lost || light.dataset.isLost) return;
  light.dataset.isLost = "true";
  const says = light.querySelector(".light__says span");
  if (says) says.textContent = light.dataset.lost;
};

const report = async () => {
  const light = document.getElementById("light");
  if (!light || busy || document.visibilityState === "hidden") return;
  busy = true;
  await painted();
  const code = shown();
  try {
    const body = new URLSearchParams({ terms_code: code });
    const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
    const answer = await fetch(light.dataset.report, { method: "POST", body, headers, credentials: "same-origin" });
    if (answer.ok) {
      reported = code;
      at = Date.now();
      if (answer.status === 200) swap(await answer.text());
    } else if (answer.status >= 500) lose();
  } catch {
    lose();
  } finally {
    busy = false;
  }
};

// News that came while a part was being asked for found nobody to listen: a part that is older than the newest
// news, or whose page shows an older sheet than the visit has, is asked for again.
let newest = 0;
let mended = 0;
document.addEventListener("htmx:sseMessage", (event) => {
  if (event.detail?.type === "visit") newest = Math.max(newest, Number(event.detail.data) || 0);
});

const mend = () => {
  const part = document.querySelector("[data-revision]");
  if (!part || Date.now() - mended < MEND_EVERY) return;
  if (Number(part.dataset.revision) >= newest && !document.querySelector(".light--behind")) return;
  mended = Date.now();
  window.htmx.trigger(part, "sse:visit");
};

const look = () => {
  mend();
  if (document.getElementById("light") && (shown() !== reported || Date.now() - at >= EVERY)) report();
};

document.addEventListener("htmx:afterSettle", look);
window.setInterval(look, 250);
look();

// Where there is no stream (no thread is left for it, or the line broke) the page asks by itself.
let streams = false;
document.addEventListener("htmx:sseOpen", () => { streams = true; });
document.addEventListener("htmx:sseError", () => { streams = false; });
window.setInterval(() => {
  if (streams || !document.querySelector("[sse-connect]")) return;
  for (const part of document.querySelectorAll('[hx-trigger*="sse:visit"]')) window.htmx.trigger(part, "sse:visit");
}, ASK_EVERY);
