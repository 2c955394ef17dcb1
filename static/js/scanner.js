// A hand scanner types as a keyboard does, only faster than anybody can: keys at most 100 ms apart, at least
// four of them. They are heard whatever has the focus, taken out of the field they fell into, and sent on.
const LONGEST_GAP = 100;
const SHORTEST_CODE = 4;
// Without a closing Enter or Tab a burst must be as long as a voucher's code to be one.
const SHORTEST_UNCLOSED = 10;
const BLANKING = 1500;

const isText = (event) => event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;

const isTyping = (field, text) => field?.hasAttribute?.("data-digits") && /^[0-9+() .-]*$/.test(text);

export const listenForScans = ({ prefix, found }) => {
  let keys = "";
  let last = 0;
  let field = null;
  let before = "";
  let blankUntil = 0;
  let timer = 0;

  const start = (target) => {
    keys = "";
    field = target?.matches?.("input, textarea") ? target : null;
    before = field ? field.value : "";
  };

  const finish = (shortest) => {
    window.clearTimeout(timer);
    const text = keys;
    const isScan = text.length >= shortest && text.startsWith(prefix) && !isTyping(field, text);
    if (!isScan) {
      keys = "";
      return false;
    }
    if (field) field.value = before;
    keys = "";
    blankUntil = performance.now() + BLANKING;
    found(text.slice(prefix.length));
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const now = performance.now();
    if (now < blankUntil) {
      event.preventDefault();
      return;
    }
    const isFast = now - last <= LONGEST_GAP;
    last = now;
    if (event.key === "Enter" || event.key === "Tab") {
      if (isFast && finish(SHORTEST_CODE)) {
        event.preventDefault();
        event.stopPropagation();
      }
      keys = "";
      return;
    }
    if (!isText(event)) return;
    if (!isFast) start(event.target);
    keys += event.key;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => finish(SHORTEST_UNCLOSED), LONGEST_GAP + 50);
  }, true);
};
