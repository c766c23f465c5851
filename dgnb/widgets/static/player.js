// The player of a speaking session: its controls, its waveform, its text.
import { badge, make, button, clock, clean, download, keyed } from "./common.js";
import { wav } from "./playback.js";
import { sounding } from "./sounding.js";

const COLUMNS = 400; // of the waveform

// ---- The text

// Sentences of a text; all of it where the browser cannot tell them.
export function sentences(text) {
  if (!Intl.Segmenter) return [text];
  const found = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text);
  return Array.from(found, ({ segment }) => segment);
}

// Parts of the text as [state, text]: "played", "now", "cut", "next". A stretch of text lies between two
// samples; within it only the share that has passed is known, and so which sentence it may be.
export function marks(stretches, position) {
  const found = [];
  const put = (state, text) => {
    if (!text) return;
    if (found.length && found.at(-1)[0] === state) found.at(-1)[1] += text;
    else found.push([state, text]);
  };
  for (const { text, start, end, cut } of stretches) {
    if (end !== null && position >= end) put(cut ? "cut" : "played", text);
    else if (position <= start) put("next", text);
    else if (end === null || cut) put("now", text);
    else spread(sentences(text), ((position - start) / (end - start)) * text.length, put);
  }
  return found;
}

function spread(parts, place, put) {
  let before = 0;
  for (const part of parts) {
    const after = before + part.length;
    put(after <= place ? "played" : before <= place ? "now" : "next", part);
    before = after;
  }
}

// ---- What is seen

// The outline of a waveform, 1 high above and below 0, as an SVG path.
export function outline(peaks, columns = COLUMNS) {
  const count = Math.min(columns, peaks.length);
  const loudest = thinned(peaks, count);
  const most = Math.max(...loudest, 1);
  const heights = loudest.map((peak) => Math.max(peak / most, 0.02).toFixed(3));
  const forth = heights.map((height, x) => `${x} -${height} ${x + 1} -${height}`);
  const back = heights.map((height, x) => `${x + 1} ${height} ${x} ${height}`).reverse();
  return count ? `M${[...forth, ...back].join("L")}Z` : "";
}

// The largest of each of `count` stretches.
function thinned(values, count) {
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * values.length) / count));
  return bounds.slice(0, -1).map((from, i) => values.slice(from, bounds[i + 1]).reduce((a, b) => Math.max(a, b), 0));
}

const TOLD = {
  playing: "speaking",
  blocked: "press Play: the browser wants a click before it makes sound",
  paused: "paused",
  waiting: "waiting for speech",
  played: "played to the end",
};

// What the player says of itself, and of its session.
export function told(state, status, size) {
  if (status === "failed") return "failed";
  if (state === "waiting" && (status === "connecting" || status === "reconnecting")) return status;
  if (state === "played" && !size) return "there is no speech";
  return TOLD[state];
}

const SVG = "http://www.w3.org/2000/svg";

class View {
  constructor(el, playback, model, act) {
    Object.assign(this, { playback, model, act });
    this.root = make("div", "dgnb-widget dgnb-player");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Speech");
    // JupyterLab would take the arrow keys for itself.
    this.root.dataset.lmSuppressShortcuts = "true";
    this.root.append(this.bar(), this.wave(), this.slider(), this.words(), this.notes());
    el.append(this.root);
    this.shown = {};
    this.draw = this.draw.bind(this);
    this.draw();
  }

  bar() {
    this.playing = button("Play", () => this.act.toggle());
    this.playing.classList.add("dgnb-play");
    this.stopping = button("Stop", () => this.act.stop(), { title: "Stop speaking" });
    this.saving = button("Download", () => this.save(), { title: "Download a WAV file" });
    this.times = make("span", "dgnb-facts dgnb-times");
    this.status = make("span", "dgnb-facts");
    this.status.setAttribute("role", "status");
    const bar = make("div", "dgnb-bar");
    bar.append(this.playing, this.stopping, this.times, this.status);
    if (this.model.get("sandbox")) bar.append(badge());
    bar.append(this.saving);
    return bar;
  }

  wave() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    this.path = svg.appendChild(document.createElementNS(SVG, "path"));
    this.head = make("div", "dgnb-head");
    const wave = make("div", "dgnb-wave");
    wave.append(svg, this.head);
    wave.addEventListener("pointerdown", (event) => {
      const { left, width } = wave.getBoundingClientRect();
      this.act.seek(((event.clientX - left) / width) * this.duration);
    });
    this.svg = svg;
    return wave;
  }

  slider() {
    const range = keyed(make("input", "dgnb-range"));
    Object.assign(range, { type: "range", min: 0, step: "any" });
    range.setAttribute("aria-label", "Position");
    range.addEventListener("input", () => this.act.seek(Number(range.value)));
    range.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      this.act.seek(this.playback.time + step);
    });
    this.range = range;
    return range;
  }

  words() {
    this.text = keyed(make("div", "dgnb-text"));
    this.text.dir = "auto";
    this.text.tabIndex = 0;
    this.text.setAttribute("role", "group");
    this.text.setAttribute("aria-label", "Text");
    return this.text;
  }

  notes() {
    this.error = make("p", "dgnb-error");
    this.error.setAttribute("role", "alert");
    this.first = make("p", "dgnb-facts dgnb-first");
    const notes = make("div");
    notes.append(this.error, this.first);
    return notes;
  }

  get duration() {
    return this.playback.tape.size / this.playback.rate;
  }

  // Draw soon what has changed; while it sounds, again and again.
  changed() {
    this.pending ??= requestAnimationFrame(this.draw);
  }

  draw() {
    this.pending = undefined;
    const state = this.playback.state;
    this.drawControls(state);
    this.drawTime();
    this.drawWave();
    this.drawText();
    this.drawNotes();
    if (state === "playing") this.changed();
  }

  // Change the document only where something is new.
  once(key, value, change) {
    if (this.shown[key] === value) return;
    this.shown[key] = value;
    change(value);
  }

  drawControls(state) {
    const { complete, tape } = this.playback;
    const label = state === "playing" || state === "waiting" ? "Pause" : state === "played" && tape.size ? "Replay" : "Play";
    this.once("label", label, () => (this.playing.title = this.playing.textContent = label));
    this.once("blocked", state === "blocked", (on) => this.root.classList.toggle("dgnb-blocked", on));
    this.playing.disabled = complete && !tape.size;
    this.stopping.disabled = complete && (state === "played" || (state === "paused" && !this.playback.position));
    this.saving.disabled = !tape.size;
    this.once("empty", complete && !tape.size, (on) => this.root.classList.toggle("dgnb-empty", on));
    const said = told(state, this.model.get("status"), tape.size);
    this.once("status", said, () => (this.status.textContent = said));
  }

  drawTime() {
    const { time } = this.playback;
    const total = this.playback.complete ? clock(this.duration) : `${clock(this.duration)} so far`;
    const text = `${clock(time)} / ${total}`;
    this.once("times", text, () => {
      this.times.textContent = text;
      this.range.setAttribute("aria-valuetext", `${clock(time)} of ${total}`);
    });
    this.once("duration", this.duration, (duration) => {
      this.range.max = duration;
      this.range.disabled = !duration;
    });
    this.range.value = time;
    this.head.style.left = `${this.duration ? (time / this.duration) * 100 : 0}%`;
  }

  drawWave() {
    const { peaks, size } = this.playback.tape;
    this.once("size", size, () => {
      this.svg.setAttribute("viewBox", `0 -1 ${Math.max(Math.min(COLUMNS, peaks.length), 1)} 2`);
      this.path.setAttribute("d", outline(peaks));
    });
  }

  drawText() {
    const found = marks(this.playback.stretches, this.playback.position);
    this.once("marks", found.map(([state, text]) => state + text.length).join(), () => {
      const parts = found.map(([state, text]) => make(state === "now" ? "mark" : "span", `dgnb-${state}`, clean(text)));
      parts.filter((part) => part.className === "dgnb-cut").forEach((part) => (part.title = CUT));
      this.text.replaceChildren(...parts);
      this.follow(parts.find((part) => part.className === "dgnb-now"));
    });
    this.text.hidden = !found.length;
  }

  // Keep what is spoken in sight, without moving the page.
  follow(part) {
    if (!part) return;
    const { top, bottom } = part.getBoundingClientRect();
    const box = this.text.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) this.text.scrollTop += top - box.top;
  }

  drawNotes() {
    const error = this.model.get("error");
    this.once("error", error, () => (this.error.textContent = clean(error)));
    const facts = firstSound(this.playback.heard, this.model.get("latency"));
    this.once("first", facts, () => (this.first.textContent = facts));
  }

  save() {
    const { tape, rate } = this.playback;
    download("speech.wav", "audio/wav", wav(tape.slice(0, tape.size), rate));
  }

  remove() {
    cancelAnimationFrame(this.pending);
    this.root.remove();
  }
}

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const CUT = "It was stopped; how far this was spoken is not known.";

// When the first sound came, and what the time went into.
export function firstSound(heard, latency) {
  if (!heard) return "";
  const sound = heard.lead + heard.silence;
  const silence = heard.silence >= 0.001 ? ` (${milliseconds(heard.silence)} of silence at its start)` : "";
  const whole = latency === null ? "" : `${milliseconds(latency + sound)} after the text was sent, `;
  return `First sound ${whole}${milliseconds(sound)} after the first audio${silence}`;
}

const milliseconds = (seconds) => `${Math.round(seconds * 1000)} ms`;

export default () => {
  let sound;
  let act;
  return {
    initialize({ model }) {
      const over = () => ["ended", "failed"].includes(model.get("status"));
      sound = sounding(model, model.get("rate"), over);
      const { playback, send, settle } = sound;
      act = {
        toggle: () => (["playing", "waiting"].includes(playback.state) ? playback.pause() : playback.play()),
        seek: (time) => playback.seek(time),
        stop() {
          const { time } = playback;
          playback.stop();
          send({ kind: "stop", time });
        },
      };
      model.on("change:status change:error change:latency", settle);
      return () => {
        model.off("change:status change:error change:latency", settle);
        sound.close();
      };
    },
    render({ model, el }) {
      const { playback } = sound;
      const view = new View(el, playback, model, act);
      const changed = () => view.changed();
      playback.listeners.add(changed);
      return () => {
        playback.listeners.delete(changed);
        view.remove();
      };
    },
  };
};
