// Plays speech while it is still being made. Samples come with the place where they belong;
// they are laid end to end on the clock of an AudioContext that has their own rate.

export const LEAD = 0.06; // from the first samples to their sound, with what the sound card takes [s]
const LEAST = 0.03; // of it, until they reach the sound card [s]
export const AGAIN = 0.15; // the same after the line ran dry: the source only just keeps pace
export const NEW = 1; // what comes so long after the line ran dry is new speech [s]
export const JUMP = 0.02; // the same when there is enough to play [s]
const ENOUGH = 0.2; // of audio; less may soon be played to its end [s]
const MARGIN = 0.01; // what is due sooner comes too late for the sound card [s]
const AHEAD = 4; // how far the line reaches [s]
const BLOCK = 0.25; // length of its pieces [s]
const WARM = 0.05; // before that, a new context may garble what it plays [s]
const PATIENCE = 500; // until a context that does not run counts as blocked [ms]
const AUDIBLE = 328; // 1 % of full scale

// ---- Samples

// Samples of a buffer as it comes from the kernel: a view that may begin at an odd byte.
export function samplesOf(view) {
  const start = view.byteOffset ?? 0;
  return new Int16Array((view.buffer ?? view).slice(start, start + view.byteLength));
}

// All samples so far, and the loudest of each 20 ms.
export class Tape {
  constructor(rate) {
    this.rate = rate;
    this.size = 0;
    this.peaks = [];
    this.audible = -1; // the first sample that is heard
    this.data = new Int16Array(rate * 10);
  }

  // Take samples that begin at `start`; known ones are passed over. False when some are missing before.
  put(start, samples) {
    if (start > this.size) return false;
    const fresh = samples.subarray(Math.min(this.size - start, samples.length));
    const from = this.size;
    this.size += fresh.length;
    if (this.size > this.data.length) {
      const larger = new Int16Array(Math.max(this.size, this.data.length * 2));
      larger.set(this.data.subarray(0, from));
      this.data = larger;
    }
    this.data.set(fresh, from);
    this.measure(from);
    return true;
  }

  measure(from) {
    const width = this.rate / 50;
    for (let i = from; i < this.size; i++) {
      const loud = Math.abs(this.data[i]);
      const bin = Math.floor(i / width);
      if (!(this.peaks[bin] >= loud)) this.peaks[bin] = loud;
      if (this.audible < 0 && loud >= AUDIBLE) this.audible = i;
    }
  }

  slice(from, to) {
    return this.data.subarray(from, to);
  }
}

// A WAV file of 16 bit samples of one channel.
export function wav(samples, rate) {
  const bytes = new ArrayBuffer(44 + samples.length * 2);
  const view = new DataView(bytes);
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, sample, true));
  return bytes;
}

// ---- The line: which samples sound when

// The next pieces of the line. `cursor` is the first sample that is not on it, `frame` when it
// is due on the context's clock [samples], null when nothing is before it; `lead` counts then [s].
export function plan({ cursor, frame }, size, now, rate, lead = LEAD) {
  const pieces = [];
  if (cursor >= size) return { pieces, line: { cursor, frame } };
  const late = frame === null ? Infinity : now - frame / rate;
  if (late > -MARGIN) {
    const short = size - cursor < ENOUGH * rate ? lead : JUMP;
    frame = Math.ceil((now + (late > NEW ? short : AGAIN)) * rate);
  }
  while (cursor < size && frame < (now + AHEAD) * rate) {
    const to = Math.min(cursor + Math.round(BLOCK * rate), size);
    pieces.push({ from: cursor, to, frame });
    frame += to - cursor;
    cursor = to;
  }
  return { pieces, line: { cursor, frame } };
}

// The sample that sounds at a frame of the context's clock.
export function where(pieces, cursor, frame) {
  const piece = pieces.find(({ from, to, frame: begin }) => frame < begin + to - from);
  return piece ? piece.from + Math.max(0, Math.floor(frame - piece.frame)) : cursor;
}

export class Playback {
  constructor(rate, make) {
    this.tape = new Tape(rate);
    this.rate = rate;
    this.context = make();
    this.pieces = [];
    this.line = { cursor: 0, frame: null };
    this.mode = "on"; // "paused", or "stopped" until it is known where to go on
    this.complete = false; // whether nothing more will come
    this.heard = null; // delays of the first sound [s]
    this.listeners = new Set();
    this.blocked = false; // whether the browser wants a gesture first
    this.context.onstatechange = () => this.wake();
    this.wake();
    this.resume();
  }

  get running() {
    return this.context.state === "running";
  }

  resume() {
    clearTimeout(this.trial);
    this.trial = setTimeout(() => {
      this.blocked = !this.running && this.mode !== "paused";
      this.tell();
    }, PATIENCE);
    this.context.resume().then(() => this.wake(), () => {});
  }

  wake() {
    clearTimeout(this.timer);
    if (this.running) this.blocked = false;
    if (this.running && this.context.currentTime <= WARM) this.timer = setTimeout(() => this.wake(), 10);
    this.pump();
    this.tell();
  }

  tell() {
    this.listeners.forEach((listener) => listener(this));
  }

  get state() {
    if (this.mode === "paused") return "paused";
    const behind = this.position < this.tape.size;
    if (this.complete && !behind) return "played";
    if (this.blocked) return "blocked";
    return behind && this.running && this.mode === "on" ? "playing" : "waiting";
  }

  // The sample that is heard: the sound card is a little behind the clock.
  get position() {
    const { currentTime, outputLatency = 0 } = this.context;
    return where(this.pieces, this.line.cursor, (currentTime - outputLatency) * this.rate);
  }

  get time() {
    return this.position / this.rate;
  }

  // Samples that begin at `start`; false when some are missing before them.
  put(start, samples) {
    // Where the browser waits for a gesture, nothing is measured.
    this.arrived ??= this.running ? performance.now() : NaN;
    const whole = this.tape.put(start, samples);
    this.pump();
    this.tell();
    return whole;
  }

  end() {
    this.complete = true;
    this.tell();
  }

  // Lay out what can be laid out; each piece that ends makes room for another.
  pump() {
    const { context, rate } = this;
    if (this.mode !== "on" || !this.running || context.currentTime <= WARM) return;
    const lead = Math.max(LEAD - (context.outputLatency || 0), LEAST);
    const { pieces, line } = plan(this.line, this.tape.size, context.currentTime, rate, lead);
    this.line = line;
    pieces.forEach((piece) => this.lay(piece));
    this.measure();
  }

  lay(piece) {
    const { context, rate } = this;
    const buffer = context.createBuffer(1, piece.to - piece.from, rate);
    buffer.copyToChannel(Float32Array.from(this.tape.slice(piece.from, piece.to), (x) => x / 32768), 0);
    piece.node = context.createBufferSource();
    piece.node.buffer = buffer;
    piece.node.connect(context.destination);
    piece.node.start(piece.frame / rate);
    piece.node.onended = () => this.ended(piece);
    this.pieces.push(piece);
    this.first ??= piece;
  }

  ended(piece) {
    this.pieces = this.pieces.filter((other) => other !== piece);
    this.pump();
    this.tell();
  }

  // How long the first sound took: from the first samples to their turn, and the silence that they begin with.
  measure() {
    const { context, rate, first, tape } = this;
    if (this.heard || !first || first.from || tape.audible < 0 || Number.isNaN(this.arrived)) return;
    const at = first.frame / rate;
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
    const sounds = contextTime
      ? performanceTime + (at - contextTime) * 1000
      : performance.now() + (at - context.currentTime + (context.outputLatency || 0)) * 1000;
    this.heard = { lead: (sounds - this.arrived) / 1000, silence: tape.audible / rate };
  }

  play() {
    if (this.complete && this.position >= this.tape.size) this.jump(0);
    this.mode = "on";
    this.resume();
    this.wake();
  }

  pause() {
    this.mode = "paused";
    this.context.suspend();
    this.tell();
  }

  // Be silent at once; what follows is played from `edge` on.
  stop() {
    this.jump(this.complete ? 0 : this.position);
    this.mode = this.complete ? "paused" : "stopped";
    this.tell();
  }

  edge(sample) {
    if (this.mode !== "stopped") return;
    this.jump(sample);
    this.mode = "on";
    this.wake();
  }

  seek(time) {
    this.jump(Math.min(Math.max(Math.round(time * this.rate), 0), this.tape.size));
    this.pump();
    this.tell();
  }

  jump(sample) {
    for (const { node } of this.pieces) {
      node.onended = null;
      node.disconnect();
      node.stop();
    }
    this.pieces = [];
    this.line = { cursor: sample, frame: null };
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.trial);
    this.listeners.clear();
    this.context.onstatechange = null;
    this.jump(0);
    // The sound card may still have the end of what was played.
    setTimeout(() => this.context.close(), 1000);
  }
}
