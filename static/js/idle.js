// A page that nobody touches asks whether anybody is there, and closes itself when nobody answers.
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"];

export const watchIdle = ({ idleSeconds, warningSeconds, dialog, count, stay, leave }) => {
  let last = Date.now();
  let warnedAt = 0;
  let ended = false;

  const wake = () => {
    if (!warnedAt) last = Date.now();
  };

  const warn = () => {
    warnedAt = Date.now();
    dialog.showModal();
    stay.focus();
  };

  const extend = () => {
    warnedAt = 0;
    last = Date.now();
    dialog.close();
  };

  const end = () => {
    ended = true;
    leave();
  };

  // The clock is read, and not counted: a page that slept is as idle as the time says.
  const look = () => {
    if (ended) return;
    if (!warnedAt && Date.now() - last >= idleSeconds * 1000) warn();
    if (!warnedAt) return;
    const left = Math.ceil(warningSeconds - (Date.now() - warnedAt) / 1000);
    if (left <= 0) end();
    else if (left % 5 === 0 || left < 5) count.textContent = String(left);
  };

  for (const name of INPUTS) document.addEventListener(name, wake, { passive: true, capture: true });
  dialog.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("form")) extend();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    extend();
  });
  stay.addEventListener("click", extend);
  window.setInterval(look, 250);
};
