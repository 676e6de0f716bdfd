// The numbers as text: those read now, those read before with the newest first, and the files.
import { byId, element, setText, texts } from "./page.js";

const MAX_SHOWN = 1000;
const QUIET_MS = 700; // a screen reader is not told more often
const COPIED_MS = 1500;

export class Numbers {
  #now = [];
  #shown = null;
  #timer = null;
  #listed = 0; // the last entry's number: after a lost connection all are told again

  constructor(connection) {
    connection.on("state", (state) => this.#take(state));
    connection.on("entries", (entries) => this.#list(entries));
    byId("copy").addEventListener("click", () => this.#copy());
  }

  #take({ numbers, files }) {
    this.#now = numbers;
    if (this.#timer === null) this.#show();
    for (const link of document.querySelectorAll("[data-file]")) {
      const name = files[link.dataset.file];
      link.parentElement.hidden = !name;
      if (name) setText(link, `${texts[link.dataset.file]} · ${name}`);
    }
  }

  #show() {
    const text = this.#now.join("\n");
    if (text === this.#shown) return;
    this.#shown = text;
    const parts = this.#now.map((number) => element("span", {}, number));
    byId("now").replaceChildren(...(parts.length ? spaced(parts) : [element("span", { class: "nothing" }, texts.nothing)]));
    this.#timer = setTimeout(() => { this.#timer = null; this.#show(); }, QUIET_MS);
  }

  #list(entries) {
    byId("none-yet").hidden = true;
    const log = byId("log");
    for (const { number, time, texts: numbers } of entries.filter((entry) => entry.number > this.#listed)) {
      log.prepend(element("li", {}, element("time", {}, time), element("span", {}, numbers.join("  "))));
      this.#listed = number;
    }
    while (log.children.length > MAX_SHOWN) log.lastElementChild.remove();
  }

  async #copy() {
    const selection = getSelection();
    try {
      await navigator.clipboard.writeText(this.#now.join("\n"));
    } catch { // over plain http from another machine there is no clipboard: what is to be copied is selected
      selection.selectAllChildren(byId("now"));
      document.execCommand("copy");
    }
    setText(byId("copy"), texts.copied);
    setTimeout(() => setText(byId("copy"), texts.copy), COPIED_MS);
  }
}

// Spaces between the numbers, so that what is selected and copied has them as well.
function spaced(parts) {
  return parts.flatMap((part, place) => (place ? [" ", part] : [part]));
}
