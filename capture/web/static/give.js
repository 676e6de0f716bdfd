// What the page sends to be read (--source browser): its camera, a photo, or a sheet to write on.
import { Camera } from "./camera.js";
import { Pad } from "./pad.js";
import { byId, setText, texts } from "./page.js";
import { Photos } from "./photos.js";

const MAX_IN_FLIGHT = 2; // pictures sent and not taken yet: the newest wins
const JPEG_QUALITY = 0.92;

export class Give {
  #connection;
  #inFlight = 0;
  #ways;
  #chosen = null;

  constructor(connection) {
    this.#connection = connection;
    this.#ways = { camera: new Camera(this), photo: new Photos(this), write: new Pad(this, connection) };
    byId("give").hidden = false;
    setText(byId("waiting"), texts.give_first);
    document.body.classList.add("giving");
    connection.on("taken", () => { this.#inFlight = Math.max(0, this.#inFlight - 1); });
    connection.on("open", () => { this.#inFlight = 0; });
    connection.on("taken_over", () => this.#giveWay());
    for (const button of document.querySelectorAll("[data-give]"))
      button.addEventListener("click", () => this.choose(button.dataset.give));
    this.choose("photo");
  }

  // Starts one way and stops the others; null stops all.
  choose(chosen) {
    this.note("");
    this.#chosen = chosen;
    for (const button of document.querySelectorAll("[data-give]"))
      button.setAttribute("aria-pressed", button.dataset.give === chosen);
    for (const tools of document.querySelectorAll("[data-tools]")) tools.hidden = tools.dataset.tools !== chosen;
    for (const [name, way] of Object.entries(this.#ways)) if (name !== chosen) way.stop();
    this.#ways[chosen]?.start();
  }

  // Another page sends its camera or sheet now; a photo disturbs nobody.
  #giveWay() {
    if (this.#chosen === "photo") return;
    this.choose(null);
    this.note(texts.taken_over);
  }

  note(text) { setText(byId("give-note"), text); }

  takeOver(kind) { this.#inFlight = 0; this.#connection.say({ give: kind }); }

  get isReady() { return this.#connection.isOpen && this.#inFlight < MAX_IN_FLIGHT; }

  // Sends a canvas as it is now; the caller asks `isReady` first.
  async sendCanvas(canvas) {
    this.#inFlight += 1;
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
    this.#connection.sendPicture(blob);
  }
}
