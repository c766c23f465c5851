import { make, button, clock, keyed } from "./common.js";

// Sound at another rate: a windowed sinc, for pieces of any size. It also runs in the audio thread.
export class Resampler {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.half = Math.ceil(32 * Math.max(1, from / to));
    this.phases = 64;
    this.rows = Array.from({ length: this.phases + 1 }, (_, phase) => this.row(phase / this.phases));
    this.held = new Float32Array(this.half);
    // The place of the next sample among those held, whole and in parts of `to`: exact for hours.
    this.whole = this.half;
    this.part = 0;
  }

  // The taps for a place so far after a sample; together they let a constant through unchanged.
  row(offset) {
    const cut = 0.92 * Math.min(1, this.to / this.from);
    const sinc = (x) => (x ? Math.sin(Math.PI * x) / (Math.PI * x) : 1);
    const taps = Float64Array.from({ length: 2 * this.half }, (_, tap) => {
      const distance = tap - this.half + 1 - offset;
      return sinc(cut * distance) * this.window(distance / this.half);
    });
    const sum = taps.reduce((all, tap) => all + tap, 0);
    return taps.map((tap) => tap / sum);
  }

  // Kaiser's window, whose side lobes are 90 dB down.
  window(x) {
    if (Math.abs(x) >= 1) return 0;
    const bessel = (y) => {
      let [sum, term] = [1, 1];
      for (let k = 1; term > 1e-9 * sum; k += 1) sum += term *= (y / (2 * k)) ** 2;
      return sum;
    };
    return bessel(9 * Math.sqrt(1 - x * x)) / bessel(9);
  }

  put(samples) {
    const all = new Float32Array(this.held.length + samples.length);
    all.set(this.held);
    all.set(samples, this.held.length);
    const found = [];
    for (; this.whole + this.half < all.length; this.advance()) found.push(this.value(all));
    const done = Math.min(this.whole - this.half, all.length);
    this.held = all.slice(done);
    this.whole -= done;
    return found;
  }

  advance() {
    const part = this.part + this.from;
    this.whole += Math.floor(part / this.to);
    this.part = part % this.to;
  }

  value(all) {
    const phase = (this.part / this.to) * this.phases;
    const below = Math.floor(phase);
    const [row, next, share] = [this.rows[below], this.rows[below + 1], phase - below];
    let sum = 0;
    for (let tap = 0, place = this.whole - this.half + 1; tap < 2 * this.half; tap += 1, place += 1) {
      sum += all[place] * (row[tap] + share * (next[tap] - row[tap]));
    }
    return sum;
  }

  // What is still on its way through the filter.
  end() {
    return this.put(new Float32Array(this.half));
  }
}

// Samples in numbered frames of 16 bits, which are never empty: an empty message would end a connection.
export class Framer {
  constructor(size, give) {
    this.size = size;
    this.give = give;
    this.count = 0;
    this.begin();
  }

  begin() {
    this.pcm = new Int16Array(this.size);
    this.filled = 0;
    this.peak = 0;
  }

  put(samples) {
    for (const sample of samples) {
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.pcm[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.filled += 1;
      if (this.filled === this.size) this.flush();
    }
  }

  flush() {
    if (!this.filled) return;
    const { filled, peak } = this;
    const pcm = filled === this.size ? this.pcm.buffer : this.pcm.slice(0, filled).buffer;
    this.begin();
    this.give({ seq: this.count, pcm, peak });
    this.count += 1;
  }
}

// What the audio thread does; its source is all that it knows, and so it uses nothing else of this module.
export function install() {
  class Capture extends AudioWorkletProcessor {
    constructor({ processorOptions: { rate, size } }) {
      super();
      this.framer = new Framer(size, (frame) => this.port.postMessage(frame, [frame.pcm]));
      this.resampler = rate === sampleRate ? null : new Resampler(sampleRate, rate);
      this.state = "on";
      this.quiet = 0;
      this.port.onmessage = ({ data }) => this.turn(data);
    }

    turn(state) {
      if (this.state === "off") return;
      this.state = state;
      if (state === "off" && this.resampler) this.framer.put(this.resampler.end());
      if (state !== "on") this.framer.flush();
      if (state === "off") this.port.postMessage({ count: this.framer.count });
    }

    process([[samples]]) {
      if (this.state === "off") return false;
      if (samples && this.state === "on") {
        this.framer.put(this.resampler ? this.resampler.put(samples) : samples);
      } else if (this.state === "paused" && (this.quiet += 128) > 2 * sampleRate) {
        this.quiet = 0;
        this.port.postMessage({ beat: true });
      }
      return true;
    }
  }
  registerProcessor("dgnb-capture", Capture);
}

export const workletSource = () => `${Resampler}\n${Framer}\n(${install})();`;

// Why there is no microphone: the browser's error and what the page tells of itself.
export function reason(error, { secure, media, allowed, host }) {
  if (!secure) return "insecure";
  if (!media || !allowed) return "blocked";
  const names = {
    NotAllowedError: host ? "denied" : "blocked",
    SecurityError: "blocked",
    NotFoundError: "none",
    OverconstrainedError: "none",
    NotReadableError: "busy",
    WorkletError: "worklet",
  };
  return names[error?.name] ?? "other";
}

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

const facts = () => ({
  secure: globalThis.isSecureContext,
  media: Boolean(navigator.mediaDevices?.getUserMedia),
  allowed: document.featurePolicy?.allowsFeature?.("microphone") ?? true,
  // VS Code and its relatives show outputs in a page without a host, and never allow the microphone there.
  host: location.protocol.startsWith("http") ? location.hostname : "",
});

const wish = (echo, device) => ({
  audio: {
    channelCount: 1,
    echoCancellation: echo,
    noiseSuppression: false,
    autoGainControl: false,
    ...(device && { deviceId: { exact: device } }),
  },
});

// A context at the rate that is wanted; at the browser's own where it refuses that for a microphone.
function graph(stream, rate) {
  let refused;
  for (const options of [{ sampleRate: rate }, {}]) {
    let context;
    try {
      context = new AudioContext(options);
      return { context, source: context.createMediaStreamSource(stream) };
    } catch (error) {
      context?.close();
      refused = error;
    }
  }
  throw refused;
}

async function load(context) {
  const source = workletSource();
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const data = `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`;
  try {
    // A policy of the page may forbid one and allow the other.
    await context.audioWorklet.addModule(blob).catch(() => context.audioWorklet.addModule(data));
  } catch (error) {
    throw Object.assign(new Error(error.message), { name: "WorkletError" });
  } finally {
    URL.revokeObjectURL(blob);
  }
}

// A microphone that records; `heard` gets the messages of the audio thread, `vanished` is called at most once.
export async function capture({ rate, echo, device, heard, vanished }) {
  let stream = await navigator.mediaDevices.getUserMedia(wish(echo, device));
  let context;
  let source;
  try {
    ({ context, source } = graph(stream, rate));
    await load(context);
  } catch (error) {
    stream.getTracks().forEach((track) => track.stop());
    context?.close();
    throw error;
  }
  const size = Math.round(0.08 * rate);
  const node = new AudioWorkletNode(context, "dgnb-capture", {
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { rate, size },
  });
  node.port.onmessage = ({ data }) => heard(data);
  const mute = new GainNode(context, { gain: 0 });
  source.connect(node).connect(mute).connect(context.destination); // some browsers run only what leads there
  const follow = () => stream.getAudioTracks()[0].addEventListener("ended", vanished, { once: true });
  follow();
  context.resume();
  return {
    device: () => stream.getAudioTracks()[0]?.getSettings().deviceId ?? "",
    turn: (state) => node.port.postMessage(state),
    async change(other) {
      const next = await navigator.mediaDevices.getUserMedia(wish(echo, other));
      const from = context.createMediaStreamSource(next);
      source.disconnect();
      stream.getTracks().forEach((track) => track.stop());
      [stream, source] = [next, from];
      source.connect(node);
      follow();
    },
    release() {
      stream.getTracks().forEach((track) => track.stop());
      if (context.state !== "closed") context.close();
    },
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
    this.model.send({ kind, take: this.take, ...more }, undefined, buffers);
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
    // Of a kernel that was restarted nobody is told, and nothing of this is left there.
    const orphaned = () => recording.microphone && recording.release("orphaned");
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
