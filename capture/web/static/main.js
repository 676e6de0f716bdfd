// Puts the page together and tells how the connection and the run are doing.
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { Numbers } from "./numbers.js";
import { byId, setText, texts } from "./page.js";
import { View } from "./view.js";

if (location.search) history.replaceState(null, "", "/"); // the token has become a cookie: nobody reads it over a shoulder

const connection = new Connection();
new View(connection);
new Numbers(connection);
new Commands(connection);
connection.on("open", () => { document.body.classList.remove("gone"); showBanner(""); });
connection.on("lost", () => showConnection("lost", texts.lost));
connection.on("ended", () => showBanner(texts.ended));
connection.on("full", () => showBanner(texts.full));
connection.on("state", (state) => {
  setText(byId("source"), state.source);
  setText(byId("notes"), state.notes.join(" · "));
  showConnection(state.is_over ? "" : "live", condition(state));
});
connection.on("state", once(({ gives }) => gives && import("./give.js").then(({ Give }) => new Give(connection))));
connection.open();

function condition(state) {
  if (state.is_over) return texts.over;
  if (state.is_paused) return state.is_stills ? texts.give_photo : texts.paused;
  return state.fps === null ? texts.live : `${state.fps} ${texts.fps}`;
}

function showConnection(kind, text) {
  byId("connection").className = kind;
  setText(byId("connection"), text);
  document.body.classList.toggle("gone", kind === "lost");
}

function showBanner(text) {
  setText(byId("banner"), text);
  byId("banner").hidden = !text;
  if (text) showConnection("lost", "");
}

function once(action) {
  let isDone = false;
  return (value) => { if (!isDone) { isDone = true; action(value); } };
}
