// The window's keys as buttons with their letters; the letters work here as well.
import { byId, element, keys, setText, texts } from "./page.js";

const GROUPED = new Set(["STRICTER", "LAXER"]);
const PRESSED = { PAUSE: "is_paused", MIRROR: "is_mirrored", INSPECT: "is_inspecting" };
const DIGITS = [..."0123456789"];
const NO_DIGIT = 10;
const FRENCH_ROW = "à&é\"'(-è_ç"; // the digit keys of a French keyboard without shift
const MOVES = { ACCEPT: "⏎", TAKE_BACK: "⌫", NEXT: "⇥", BACK: "←", FORWARD: "→", END: "esc" };
const MOVE_KEYS = {
  Enter: "ACCEPT", Backspace: "TAKE_BACK", Delete: "TAKE_BACK", Tab: "NEXT", ArrowLeft: "BACK", ArrowUp: "BACK",
  ArrowRight: "FORWARD", ArrowDown: "FORWARD", Escape: "END", w: "END", W: "END", " ": "END",
};

export class Commands {
  #connection;
  #state = { commands: [] };
  #names = "";

  constructor(connection) {
    this.#connection = connection;
    connection.on("state", (state) => this.#take(state));
    connection.on("ended", () => { for (const one of document.querySelectorAll("#stage button")) one.disabled = true; });
    document.addEventListener("keydown", (event) => this.#key(event));
    byId("answers").replaceChildren(...this.#answerButtons());
  }

  #take(state) {
    this.#state = state;
    if (this.#names !== state.commands.join()) {
      this.#names = state.commands.join();
      byId("commands").replaceChildren(...this.#buttons(state.commands));
    }
    for (const [name, attribute] of Object.entries(PRESSED)) byId(name)?.setAttribute("aria-pressed", state[attribute]);
    this.#label("PAUSE", state.is_paused ? this.#goOn(state) : texts.PAUSE);
    byId("RECORD")?.setAttribute("aria-pressed", state.recorded_s !== null);
    this.#label("RECORD", state.recorded_s === null ? texts.RECORD : `${texts.STOP} ${minutes(state.recorded_s)}`);
    setText(byId("confidence"), `${Math.round(100 * state.min_confidence)} %`);
    document.body.classList.toggle("correcting", Boolean(state.correction));
    byId("correction").hidden = !state.correction;
    byId("commands").hidden = Boolean(state.correction);
    if (state.correction)
      setText(byId("question"), [texts[state.correction.asks], state.correction.kept ? texts.kept : ""]
        .map((text) => text.replace(/\{(\w+)\}/g, (_, name) => state.correction[name])).join(" ").trim());
  }

  #goOn(state) { return state.is_stills ? texts.NEXT_PHOTO : texts.GO_ON; }

  #label(name, text) {
    const label = byId(name)?.querySelector("span");
    if (label) setText(label, text);
  }

  #buttons(names) {
    const last = names.filter((name) => name === "QUIT"), others = names.filter((name) => name !== "QUIT");
    return [...others, ...last].filter(hasButton).map((name) =>
      name === "LAXER" ? this.#confidence() : this.#button(name, element("span", {}, texts[name])));
  }

  #button(name, ...content) {
    const key = keys[name][0];
    const button = element("button", { type: "button", id: name }, ...content,
      element("kbd", { "aria-hidden": "true" }, key === " " ? texts.space : key));
    if (!GROUPED.has(name)) button.setAttribute("aria-keyshortcuts", key === " " ? "Space" : key);
    button.addEventListener("click", () => this.#ask(name));
    return button;
  }

  // The screen is this page's; all else is the program's to do.
  #ask(name) {
    if (name === "FULL_SCREEN") switchFullScreen();
    else this.#connection.say({ do: name });
  }

  #confidence() {
    const less = this.#button("LAXER"), more = this.#button("STRICTER");
    less.setAttribute("aria-label", texts.LAXER);
    more.setAttribute("aria-label", texts.STRICTER);
    const value = element("output", {}, element("span", { class: "word" }, `${texts.confidence} `),
      element("span", { id: "confidence" }));
    return element("div", { class: "confidence", role: "group", "aria-label": texts.confidence }, less, value, more);
  }

  #answerButtons() {
    const digits = DIGITS.map((digit) => this.#answer(digit, Number(digit)));
    const moves = Object.entries(MOVES).map(([name, key]) => this.#answer(texts[name], name, key));
    return [...digits, this.#answer(texts.NO_DIGIT, NO_DIGIT, "x"), ...moves];
  }

  #answer(text, answer, key = null) {
    const button = element("button", { type: "button", "data-answer": answer }, text);
    if (key) button.append(element("kbd", { "aria-hidden": "true" }, key));
    button.addEventListener("click", () => this.#connection.say({ answer }));
    return button;
  }

  #key(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || target.matches?.("input:not([type=file]), textarea, select")) return;
    const isPress = target.matches?.("button, a, label, input") && (key === " " || key === "Enter");
    const message = this.#state.correction ? answerOf(key) : commandOf(key, this.#state.commands);
    if (!message || isPress) return;
    event.preventDefault();
    if (message.do) this.#ask(message.do);
    else this.#connection.say(message);
  }
}

function hasButton(name) {
  return name !== "STRICTER" && (name !== "FULL_SCREEN" || document.fullscreenEnabled);
}

function switchFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else byId("frame").requestFullscreen?.().catch(() => {});
}

function commandOf(key, names) {
  const name = names.find((one) => key.length === 1 && keys[one].includes(key));
  return name && { do: name };
}

function answerOf(key) {
  const row = FRENCH_ROW.indexOf(key);
  if (DIGITS.includes(key) || row >= 0) return { answer: row >= 0 ? row : Number(key) };
  if ("xXnN".includes(key)) return { answer: NO_DIGIT };
  if ("qQ".includes(key)) return { do: "QUIT" };
  return MOVE_KEYS[key] && { answer: MOVE_KEYS[key] };
}

function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
