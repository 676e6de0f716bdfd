// Photos: chosen, taken with a phone's camera, dropped on the page, or pasted.
import { byId, texts } from "./page.js";

export class Photos {
  #give;

  constructor(give) {
    this.#give = give;
    for (const id of ["photo-pick", "photo-take"])
      byId(id).addEventListener("change", ({ target }) => { this.#send(target.files[0]); target.value = ""; });
    document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      this.#receive(event.dataTransfer);
    });
    document.addEventListener("paste", (event) => this.#receive(event.clipboardData));
  }

  start() {}

  stop() {}

  #receive({ files }) {
    const photo = [...files].find((file) => file.type.startsWith("image/")) ?? files[0]; // the server refuses others
    if (!photo) return;
    this.#give.choose("photo");
    this.#send(photo, files.length > 1 ? texts.one_of_several : "");
  }

  async #send(photo, note = "") {
    if (!photo) return;
    this.#give.note(texts.reading);
    try {
      const answer = await fetch(`photo?name=${encodeURIComponent(photo.name ?? "")}`, { method: "POST", body: photo });
      const { error, told } = await answer.json();
      this.#give.note(error ?? [told, note].filter(Boolean).join(" "));
    } catch {
      this.#give.note(texts.upload_failed);
    }
  }
}
