// The picture: each one is drawn, then acknowledged, and only then comes the next but one. A page that nobody looks at
// acknowledges nothing, and so costs nothing.
import { byId } from "./page.js";

const HEADER_BYTES = 4;
const ERASER_BUTTONS = 2 | 32; // right mouse button, a pen's other end

export class View {
  #canvas = byId("view");
  #context = this.#canvas.getContext("2d", { alpha: false, desynchronized: true });
  #connection;
  #unseen = [];
  #state = {};
  #tool = null;

  constructor(connection) {
    this.#connection = connection;
    connection.on("picture", (data) => this.#draw(data));
    connection.on("state", (state) => this.#take(state));
    document.addEventListener("visibilitychange", () => this.#acknowledge());
    this.#canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"])
      this.#canvas.addEventListener(name, (event) => this.#release(event));
    this.#canvas.addEventListener("contextmenu", (event) => this.#state.is_writable && event.preventDefault());
  }

  async #draw(data) {
    const number = new DataView(await data.slice(0, HEADER_BYTES).arrayBuffer()).getUint32(0);
    try {
      const picture = await createImageBitmap(data.slice(HEADER_BYTES, data.size, "image/jpeg"));
      this.#fit(picture.width, picture.height);
      this.#context.drawImage(picture, 0, 0);
      picture.close();
      byId("waiting").hidden = true;
    } finally {
      this.#unseen.push(number);
      this.#acknowledge();
    }
  }

  #fit(width, height) {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    Object.assign(this.#canvas, { width, height });
    byId("frame").style.setProperty("--ratio", width / height);
  }

  #acknowledge() {
    if (document.hidden) return;
    for (const number of this.#unseen.splice(0)) this.#connection.say({ drawn: number });
  }

  #take(state) {
    this.#state = state;
    document.body.classList.toggle("points", state.is_writable || Boolean(state.correction));
    this.#canvas.setAttribute("aria-label", state.numbers.join(", ") || this.#canvas.getAttribute("aria-label"));
  }

  #press(event) {
    if (!this.#state.is_writable && !this.#state.correction) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#tool = event.buttons & ERASER_BUTTONS ? "eraser" : "pen";
    this.#say("down", event);
  }

  #move(event) {
    if (!this.#tool || this.#state.correction) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) this.#say("move", part);
  }

  #release(event) {
    if (this.#tool) this.#say("up", event);
    this.#tool = null;
  }

  #say(kind, event) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const share = (value, start, size) => Math.min(2, Math.max(-1, (value - start) / size));
    this.#connection.say({ mouse: [kind, this.#tool, share(event.clientX, left, width), share(event.clientY, top, height)] });
  }
}
