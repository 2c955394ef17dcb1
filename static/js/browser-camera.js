// The camera of the device that shows the page: one stream, kept open while the page stands. The browser only
// reads; what a code is worth is decided by the service. A photo and typing stay beside it.
const FORMATS = ["QRCode", "MicroQRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "Code39", "EAN13", "UPCA"];
const MATRIX = new Set(["QRCode", "MicroQRCode", "DataMatrix", "Aztec", "PDF417"]);
const PAUSE = 120;
const WIDTH = 1280;
const HEIGHT = 720;

// Which words explain where this browser keeps its permission.
const family = () => {
  const agent = navigator.userAgent;
  if (/firefox|fxios/i.test(agent)) return "firefox";
  if (/iphone|ipad|safari/i.test(agent) && !/chrome|chromium|crios|android/i.test(agent)) return "safari";
  return "chromium";
};

const troubleOf = (error) => {
  if (!window.isSecureContext) return "insecure";
  if (error?.name === "NotAllowedError" || error?.name === "SecurityError") return `denied-${family()}`;
  if (error?.name === "NotFoundError" || error?.name === "OverconstrainedError") return "none";
  return error?.name === "NotReadableError" || error?.name === "AbortError" ? "busy" : "broken";
};

class BrowserCamera {
  constructor(root, found) {
    this.root = root;
    this.found = found;
    this.video = root.querySelector("video");
    this.says = root.querySelector("[data-says]");
    this.lens = root.querySelector("[data-lens]");
    this.torch = root.querySelector("[data-torch]");
    this.canvas = document.createElement("canvas");
    this.seen = new Map();
    this.stream = null;
  }

  say(name) {
    this.says.textContent = this.root.dataset[`say${name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())}`] ?? "";
  }

  async open(lens) {
    this.close();
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "SecurityError");
      const wanted = lens ? { deviceId: { exact: lens } } : { facingMode: { ideal: "environment" } };
      const video = { ...wanted, width: { ideal: WIDTH }, height: { ideal: HEIGHT } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      this.say(troubleOf(error));
      return false;
    }
    this.video.srcObject = this.stream;
    await this.video.play();
    this.root.dataset.state = "open";
    this.say("looking");
    await this.offerLenses();
    this.offerTorch();
    this.stream.getVideoTracks()[0].addEventListener("ended", () => this.say("busy"));
    this.read(this.stream);
    return true;
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async offerLenses() {
    const lenses = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
    this.lens.hidden = lenses.length < 2;
    const select = this.lens.querySelector("select");
    if (select.options.length === lenses.length) return;
    select.replaceChildren(...lenses.map((each, number) => new Option(each.label || String(number + 1), each.deviceId)));
    const now = this.stream.getVideoTracks()[0].getSettings().deviceId;
    if (now) select.value = now;
  }

  offerTorch() {
    const track = this.stream.getVideoTracks()[0];
    this.torch.hidden = !track.getCapabilities?.().torch;
    this.torch.setAttribute("aria-pressed", "false");
  }

  async light() {
    const on = this.torch.getAttribute("aria-pressed") !== "true";
    await this.stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    this.torch.setAttribute("aria-pressed", String(on));
  }

  // One frame after another, until something is read or the stream is another one.
  async read(stream) {
    while (this.stream === stream && this.root.isConnected) {
      const text = document.hidden ? null : await this.look();
      if (text !== null && this.stream === stream) {
        this.say("read");
        this.close();
        this.found(text);
        return;
      }
      await new Promise((resolve) => window.setTimeout(resolve, PAUSE));
    }
    if (this.stream === stream) this.close();
  }

  async look() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return null;
    this.canvas.width = width;
    this.canvas.height = height;
    const drawing = this.canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(this.video, 0, 0);
    const options = { formats: FORMATS, tryHarder: false, tryInvert: false, maxNumberOfSymbols: 2, textMode: "Plain" };
    const codes = (await window.ZXingWASM.readBarcodes(drawing.getImageData(0, 0, width, height), options)).filter(
      (code) => code.isValid && code.text,
    );
    if (codes.length > 1) this.say("several");
    return codes.length === 1 ? this.believed(codes[0]) : null;
  }

  // A matrix code corrects itself; a linear one has to be seen twice.
  believed(code) {
    const times = (this.seen.get(code.text) ?? 0) + 1;
    this.seen.set(code.text, times);
    return MATRIX.has(code.format) || times > 1 ? code.text : null;
  }
}

export const offerCamera = async (root, found) => {
  const camera = new BrowserCamera(root, found);
  window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => root.dataset.reader } });
  // Where the address is not secure there is no list to ask: the offer stands, and says why it cannot work.
  const listed = (await navigator.mediaDevices?.enumerateDevices?.()) ?? null;
  root.hidden = listed !== null && !listed.some((each) => each.kind === "videoinput");
  root.querySelector("[data-open]").addEventListener("click", () => camera.open());
  root.querySelector("select").addEventListener("change", (event) => camera.open(event.target.value));
  root.querySelector("[data-torch]").addEventListener("click", () => camera.light());
  window.addEventListener("pagehide", () => camera.close());
};

const root = document.getElementById("own-camera");
if (root && window.ZXingWASM) {
  offerCamera(root, (text) => {
    const form = document.getElementById("scanned");
    form.elements.source.value = "camera";
    form.elements.code.value = text;
    form.submit();
  });
}
