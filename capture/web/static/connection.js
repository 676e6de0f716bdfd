// The WebSocket to the program: opened again whenever it is lost.
const FULL = 4001, ENDED = 4002; // as in viewers.py
const FIRST_PAUSE_MS = 500, MAX_PAUSE_MS = 8000;

export class Connection extends EventTarget {
  #socket = null;
  #pause = FIRST_PAUSE_MS;

  open() {
    this.#socket = new WebSocket(`ws://${location.host}/live`);
    this.#socket.binaryType = "blob";
    this.#socket.onopen = () => { this.#pause = FIRST_PAUSE_MS; this.#tell("open"); };
    this.#socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return this.#tell("picture", data);
      for (const [name, value] of Object.entries(JSON.parse(data))) this.#tell(name, value);
    };
    this.#socket.onclose = ({ code }) => {
      if (code === ENDED || code === FULL) return this.#tell(code === FULL ? "full" : "ended");
      this.#tell("lost");
      setTimeout(() => this.open(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, MAX_PAUSE_MS);
    };
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  say(message) { if (this.isOpen) this.#socket.send(JSON.stringify(message)); }

  sendPicture(blob) { if (this.isOpen) this.#socket.send(blob); }

  on(name, listener) { this.addEventListener(name, ({ detail }) => listener(detail)); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
