// The page's camera: each new picture is sent when the program has room for it.
import { byId, setText, texts } from "./page.js";

const WISHES = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};
const PROBLEMS = { NotAllowedError: "camera_denied", NotFoundError: "camera_missing", OverconstrainedError: "camera_missing" };

export class Camera {
  #give;
  #video = byId("camera");
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { alpha: false });
  #run = 0; // counts the starts: what an earlier one is still waiting for is dropped

  constructor(give) {
    this.#give = give;
    byId("camera-switch").addEventListener("click", () => (this.isOn ? this.stop() : this.start()));
  }

  get isOn() { return Boolean(this.#video.srcObject); }

  async start() {
    if (this.isOn) return;
    if (!navigator.mediaDevices) return this.#give.note(texts.camera_insecure);
    const run = ++this.#run;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WISHES);
      if (run !== this.#run) return stream.getTracks().forEach((track) => track.stop());
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#give.note("");
      this.#give.takeOver("camera");
      setText(byId("camera-switch"), texts.stop_camera);
      this.#watch(run);
    } catch (problem) {
      if (run === this.#run) this.#give.note(texts[PROBLEMS[problem.name] ?? "camera_failed"]);
    }
  }

  stop() {
    this.#run += 1;
    this.#video.srcObject?.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
    setText(byId("camera-switch"), texts.start_camera);
  }

  #watch(run) {
    const next = () => {
      if (run !== this.#run) return;
      if (this.#give.isReady) this.#send();
      this.#whenNew(next);
    };
    this.#whenNew(next);
  }

  #whenNew(action) {
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(action);
    else requestAnimationFrame(action);
  }

  #send() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#context.drawImage(this.#video, 0, 0);
    this.#give.sendCanvas(this.#canvas);
  }
}
