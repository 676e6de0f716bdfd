// A sheet to write on with mouse, pen or finger. The ink shows at once here; the program's picture lies beneath, and
// brings the readings a moment later.
import { byId } from "./page.js";

const LONG_PX = 1280, SHORT_PX = 720;
const PEN_SHARE = 1 / 60, ERASER_SHARE = 1 / 12; // of the sheet's shorter side, as in canvas.py
const SEND_EVERY_MS = 50, SEND_ON_MS = 1500; // what stands still is read some more times: the program waits for agreement
const INK = "#1e1e1e", PAPER = "#ffffff";

export class Pad {
  #give;
  #canvas = byId("pad");
  #context = this.#canvas.getContext("2d");
  #sheet = document.createElement("canvas"); // what is sent: ink on paper
  #strokes = [];
  #stroke = null;
  #erases = false;
  #isOn = false;
  #sendUntil = 0;
  #timer = null;

  constructor(give, connection) {
    this.#give = give;
    connection.on("state", (state) => this.#follow(state));
    connection.on("open", () => { if (this.#isOn) { give.takeOver("sheet"); this.#change(); } });
    this.#canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) this.#canvas.addEventListener(name, () => { this.#stroke = null; });
    this.#canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    byId("pad-undo").addEventListener("click", () => { this.#strokes.pop(); this.#change(); });
    byId("pad-clear").addEventListener("click", () => { this.#strokes = []; this.#change(); });
    byId("pad-erase").addEventListener("click", ({ currentTarget }) => {
      this.#erases = !this.#erases;
      currentTarget.setAttribute("aria-pressed", this.#erases);
    });
  }

  start() {
    this.#isOn = true;
    if (!this.#strokes.length) this.#lay();
    this.#canvas.hidden = false;
    byId("waiting").hidden = true;
    this.#give.takeOver("sheet");
    this.#change();
  }

  stop() {
    this.#isOn = false;
    this.#canvas.hidden = true;
  }

  // Sends the sheet if there is room for it, and again while it is new.
  #send() {
    this.#timer = null;
    if (!this.#isOn || performance.now() > this.#sendUntil) return;
    this.#timer = setTimeout(() => this.#send(), SEND_EVERY_MS);
    if (!this.#give.isReady) return;
    const context = this.#sheet.getContext("2d", { alpha: false });
    context.fillStyle = PAPER;
    context.fillRect(0, 0, this.#sheet.width, this.#sheet.height);
    context.drawImage(this.#canvas, 0, 0);
    this.#give.sendCanvas(this.#sheet);
  }

  // A sheet in the direction of the screen.
  #lay() {
    const isPortrait = innerHeight > innerWidth;
    const size = { width: isPortrait ? SHORT_PX : LONG_PX, height: isPortrait ? 900 : SHORT_PX };
    Object.assign(this.#canvas, size);
    Object.assign(this.#sheet, size);
    byId("frame").style.setProperty("--ratio", size.width / size.height);
  }

  // While the program shows something else, or asks about a digit, the ink gives way to its picture.
  #follow({ correction, is_inspecting, is_paused, is_mirrored }) {
    this.#canvas.classList.toggle("mirrored", is_mirrored);
    if (this.#isOn) this.#canvas.hidden = Boolean(correction) || is_inspecting || is_paused;
  }

  #press(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    const isEraser = this.#erases || Boolean(event.buttons & (2 | 32));
    this.#stroke = { isEraser, points: [this.#place(event)] };
    this.#strokes.push(this.#stroke);
    this.#change();
  }

  #move(event) {
    if (!this.#stroke) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) this.#stroke.points.push(this.#place(part));
    this.#change();
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const x = (clientX - left) / width, y = (clientY - top) / height;
    return [(this.#canvas.classList.contains("mirrored") ? 1 - x : x) * this.#canvas.width, y * this.#canvas.height];
  }

  #change() {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    for (const stroke of this.#strokes) this.#draw(stroke);
    this.#sendUntil = performance.now() + SEND_ON_MS;
    if (this.#timer === null) this.#send();
  }

  // A curve through the middles between the points, so that a quick hand leaves no corners.
  #draw({ isEraser, points }) {
    const context = this.#context, side = Math.min(this.#canvas.width, this.#canvas.height);
    context.globalCompositeOperation = isEraser ? "destination-out" : "source-over";
    Object.assign(context, { strokeStyle: INK, lineCap: "round", lineJoin: "round",
      lineWidth: side * (isEraser ? ERASER_SHARE : PEN_SHARE) });
    context.beginPath();
    context.moveTo(...points[0]);
    points.slice(1).forEach(([x, y], place) => {
      const [beforeX, beforeY] = points[place];
      context.quadraticCurveTo(beforeX, beforeY, (beforeX + x) / 2, (beforeY + y) / 2);
    });
    context.lineTo(...points.at(-1));
    context.stroke();
  }
}
