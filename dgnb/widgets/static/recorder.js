import { make, button, clock } from "./common.js";
import { capture, facts, reason } from "./microphone.js";

// How loud a peak is, from 0 (-60 dB and less) to 1.
export const loudness = (peak) => Math.max(0, Math.min(1, 1 + (20 * Math.log10(peak || 1e-9)) / 60));

// What is shown, from what this page does and what the recorder says.
export function look(phase, { state, said, lost }) {
  const own = ["recording", "paused", "stopping", "orphaned"].includes(phase);
  const busy = own || ["recording", "paused"].includes(state);
  const now = own ? phase : state;
  const words = {
    asking: "The browser asks for the microphone …",
    stopping: "Stopping …",
    orphaned: "The kernel was restarted, and the recording has ended.",
    recording: own ? "Recording" : "Recording in another page",
    paused: own ? "Paused" : "Paused in another page",
  };
  return {
    record: busy ? "Stop" : "Record",
    over: state === "ended" || phase === "orphaned",
    elsewhere: busy && !own,
    pause: now === "paused" ? "Resume" : "Pause",
    canPause: phase === "recording" || phase === "paused",
    words: state === "ended" ? said : (words[phase === "asking" ? phase : now] ?? said),
    lost: lost && state !== "ended" ? `${lost} frame${lost > 1 ? "s" : ""} lost` : "",
  };
}

// One recording of this page: what it is about, and what is sent of it.
class Recording {
  constructor(model, changed) {
    Object.assign(this, { model, changed, phase: "idle", take: "", sent: 0, size: 0, peak: 0 });
    Object.assign(this, { devices: [], device: "", microphone: null, why: "" });
  }

  get seconds() {
    return this.size / 2 / this.model.get("rate");
  }

  tell(kind, more = {}, buffers = []) {
    try {
      this.model.send({ kind, take: this.take, ...more }, undefined, buffers);
    } catch {
      this.orphan(); // JupyterLab refuses to send to a kernel that is being restarted
    }
  }

  turn(phase) {
    this.phase = phase;
    this.changed();
  }

  async start() {
    if (this.phase !== "idle") return;
    this.turn("asking");
    const about = facts();
    try {
      if (!about.secure || !about.media) throw new Error("no microphone here");
      await this.open();
    } catch (error) {
      const why = reason(error, about);
      this.turn("idle");
      this.tell("failed", { why, told: `${error.name}: ${error.message}`, host: about.host });
    }
  }

  async open() {
    const microphone = await capture({
      rate: this.model.get("rate"),
      echo: this.model.get("echo_cancellation"),
      device: this.device,
      heard: (data) => this.heard(data),
      vanished: () => this.stop("vanished"),
    });
    if (this.phase !== "asking") return microphone.release(); // it was taken away meanwhile
    this.microphone = microphone;
    this.take = Math.random().toString(36).slice(2);
    this.tell("start");
    this.turn("recording");
    this.list();
  }

  // Devices have names only when one was allowed.
  async list() {
    const found = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    this.devices = found.filter((device) => device.kind === "audioinput" && device.label);
    this.device = this.microphone?.device() || this.device;
    this.changed();
  }

  async choose(device) {
    const before = this.device;
    this.device = device;
    try {
      if (["recording", "paused"].includes(this.phase)) await this.microphone.change(device);
    } catch {
      this.device = before;
    }
    this.list();
  }

  heard({ pcm, seq, peak, count, beat }) {
    if (beat) return this.tell("beat");
    if (count !== undefined) return this.finish(count);
    this.sent = seq + 1;
    this.size += pcm.byteLength;
    if (this.phase === "recording") this.peak = peak;
    this.tell("frame", { seq }, [pcm]);
    this.changed();
  }

  pause() {
    const paused = this.phase === "recording";
    if (!paused && this.phase !== "paused") return;
    this.microphone.turn(paused ? "paused" : "on");
    this.tell(paused ? "pause" : "resume");
    this.peak = 0;
    this.turn(paused ? "paused" : "recording");
  }

  stop(why = "") {
    if (this.phase !== "recording" && this.phase !== "paused") return;
    this.why = why;
    this.turn("stopping");
    this.microphone.turn("off");
    // The audio thread has at most a frame left; one that does not run never answers.
    this.waiting = setTimeout(() => this.finish(this.sent), 1000);
  }

  finish(count, why = this.why) {
    if (!this.microphone) return;
    clearTimeout(this.waiting);
    this.release("stopping"); // until the recorder says that it is over
    this.tell("end", { count, why });
  }

  // Of a kernel that was restarted nobody is told, and nothing of this is left there.
  orphan() {
    if (this.microphone) this.release("orphaned");
  }

  // Let go of the microphone at once.
  release(phase = "idle") {
    this.microphone?.release();
    this.microphone = null;
    this.peak = 0;
    this.turn(phase);
  }
}

function draw(recording, model, el) {
  el.classList.add("dgnb-widget", "dgnb-recorder");
  const record = button("Record", () => press(recording, model), { title: "Record from the microphone" });
  record.classList.add("dgnb-record");
  const pause = button("Pause", () => recording.pause());
  const choice = keyed(make("select"));
  choice.setAttribute("aria-label", "Microphone");
  choice.addEventListener("change", () => recording.choose(choice.value));
  const meter = make("div", "dgnb-meter");
  meter.setAttribute("role", "meter");
  meter.setAttribute("aria-label", "Level");
  meter.setAttribute("aria-valuemin", "0");
  meter.setAttribute("aria-valuemax", "100");
  const bar = meter.appendChild(make("div"));
  const time = make("span", "dgnb-facts");
  time.setAttribute("aria-label", "Recorded");
  time.setAttribute("role", "timer");
  const words = make("span", "dgnb-said");
  words.setAttribute("role", "status");
  const lost = make("span", "dgnb-lost");
  lost.setAttribute("role", "alert");
  const link = make("a", "dgnb-page", "Open the recording page");
  link.target = "_blank";
  link.rel = "noopener";
  const row = make("div", "dgnb-bar");
  row.append(record, pause, choice, meter, time, lost, words, link);
  el.replaceChildren(row);
  return { record, pause, choice, meter, bar, time, words, lost, link };
}

function press(recording, model) {
  if (look(recording.phase, { state: model.get("state") }).record === "Record") recording.start();
  else if (recording.phase === "idle") recording.tell("stop");
  else recording.stop();
}

// Texts that are read aloud are set only when they change.
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function update(parts, recording, model) {
  const values = Object.fromEntries(["state", "said", "lost"].map((name) => [name, model.get(name)]));
  const shown = look(recording.phase, values);
  // No button is disabled only for a moment: it would lose the keyboard's focus.
  parts.record.hidden = shown.over;
  for (const part of [parts.pause, parts.meter, parts.time]) part.hidden = shown.over || shown.elsewhere;
  parts.record.dataset.on = shown.record === "Stop";
  set(parts.record, shown.record);
  parts.record.title = shown.record === "Stop" ? "End the recording" : "Record from the microphone";
  parts.pause.disabled = !shown.canPause;
  set(parts.pause, shown.pause);
  parts.pause.title = shown.pause;
  set(parts.words, shown.words);
  set(parts.lost, shown.lost);
  set(parts.time, clock(recording.seconds));
  const level = Math.round(100 * loudness(recording.peak));
  parts.bar.style.transform = `scaleX(${level / 100})`;
  parts.meter.setAttribute("aria-valuenow", String(level));
  const page = model.get("page") ?? "";
  parts.link.hidden = values.state !== "idle" || !page.startsWith("http://127.0.0.1:");
  if (!parts.link.hidden) parts.link.href = page;
  choices(parts.choice, recording);
  parts.choice.hidden ||= parts.meter.hidden;
}

function choices(choice, { devices, device }) {
  const names = devices.map(({ deviceId, label }) => `${deviceId}\n${label}`).join("\n");
  choice.hidden = devices.length === 0;
  if (choice.dataset.names !== names) {
    choice.dataset.names = names;
    choice.replaceChildren(
      ...devices.map(({ deviceId, label }) => Object.assign(make("option", "", label), { value: deviceId })),
    );
  }
  if (device && choice.value !== device) choice.value = device;
}

const WATCHED = ["state", "said", "lost", "page"];

export default function recorder() {
  const drawings = new Set();
  let recording;

  const redraw = () => drawings.forEach((each) => each());

  function initialize({ model }) {
    recording = new Recording(model, redraw);
    const obey = ({ do: what, take }) => {
      if (what === "stop") recording.stop();
      if (what === "release" && take === recording.take) recording.release();
    };
    const leave = () => recording.finish(recording.sent, "closed");
    const list = () => recording.list();
    const orphaned = () => recording.orphan();
    model.on("msg:custom", obey);
    model.on("comm_live_update", orphaned);
    addEventListener("pagehide", leave);
    navigator.mediaDevices?.addEventListener?.("devicechange", list);
    list();
    return () => {
      model.off("msg:custom", obey);
      model.off("comm_live_update", orphaned);
      removeEventListener("pagehide", leave);
      navigator.mediaDevices?.removeEventListener?.("devicechange", list);
      recording.release();
    };
  }

  function render({ model, el }) {
    const parts = draw(recording, model, el);
    const redrawn = () => update(parts, recording, model);
    drawings.add(redrawn);
    WATCHED.forEach((name) => model.on(`change:${name}`, redrawn));
    redrawn();
    return () => {
      drawings.delete(redrawn);
      WATCHED.forEach((name) => model.off(`change:${name}`, redrawn));
      // Nobody may be recorded without a button that ends it; a view that only moves is soon there again.
      setTimeout(() => drawings.size || recording.stop("unseen"), 1000);
    };
  }

  return { initialize, render };
}
