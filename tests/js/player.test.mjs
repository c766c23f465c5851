import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { AGAIN, JUMP, LEAD, Playback, Tape, plan, samplesOf, wav, where } from "../../dgnb/widgets/static/playback.js";
import { firstSound, marks, outline, told } from "../../dgnb/widgets/static/player.js";

const RATE = 8000;
const ramp = (count, from = 0) => Int16Array.from({ length: count }, (_, i) => from + i);

// An AudioContext whose clock is moved by hand; it remembers what was laid on it.
class Context {
  constructor({ state = "running", currentTime = 1 } = {}) {
    Object.assign(this, { state, currentTime, nodes: [], closed: false, destination: {} });
  }
  createBuffer(channels, length, rate) {
    const data = new Float32Array(length);
    return { length, duration: length / rate, data, copyToChannel: (from) => data.set(from) };
  }
  createBufferSource() {
    const node = { connect() {}, disconnect() { node.off = true; }, stop() {}, start: (at) => (node.at = at) };
    this.nodes.push(node);
    return node;
  }
  // Move the clock, and end what has sounded.
  pass(seconds) {
    this.currentTime += seconds;
    for (const node of this.nodes.filter((each) => !each.off && each.at + each.buffer.duration <= this.currentTime)) {
      node.off = true;
      node.onended?.();
    }
  }
  become(state) {
    this.state = state;
    this.onstatechange?.();
  }
  async resume() { if (this.state === "suspended" && this.allowed !== false) this.become("running"); }
  async suspend() { this.become("suspended"); }
  close() { this.closed = true; }
}

let playbacks = [];
function playback(context) {
  const made = new Playback(RATE, () => context);
  playbacks.push(made);
  return made;
}

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => {
  playbacks.forEach((each) => each.close());
  playbacks = [];
  mock.timers.reset();
  mock.restoreAll();
});

test("the first samples sound after a lead, and the next ones where they end", () => {
  const fresh = { cursor: 0, frame: null };
  const first = plan(fresh, 800, 1, RATE);
  assert.deepEqual(first.pieces, [{ from: 0, to: 800, frame: 1.06 * RATE }]);
  const second = plan(first.line, 1700, 1.1, RATE);
  assert.deepEqual(second.pieces, [{ from: 800, to: 1700, frame: 1.06 * RATE + 800 }]);
});

test("with enough to play the lead is short", () => {
  assert.equal(plan({ cursor: 0, frame: null }, 1600, 1, RATE).pieces[0].frame, (1 + JUMP) * RATE);
});

test("what the sound card takes is part of the lead, as far as it can be", () => {
  for (const [outputLatency, lead] of [[0, LEAD], [0.02, LEAD - 0.02], [0.2, 0.03]]) {
    const context = Object.assign(new Context(), { outputLatency });
    playback(context).put(0, ramp(800));
    assert.equal(Math.round(context.nodes[0].at * RATE), Math.ceil((1 + lead) * RATE));
  }
});

test("pieces begin on whole samples of the clock", () => {
  const { pieces } = plan({ cursor: 0, frame: null }, 8000, 1.00003, RATE);
  assert.ok(pieces.length > 1);
  for (const { frame } of pieces) assert.ok(Number.isInteger(frame));
  for (const [i, { from, frame }] of pieces.entries()) assert.equal(frame - pieces[0].frame, from, `piece ${i}`);
});

test("after the line ran dry it waits longer, new speech does not", () => {
  const dry = { cursor: 800, frame: 8000 };
  assert.equal(plan(dry, 1600, 1.2, RATE).pieces[0].frame, Math.ceil((1.2 + AGAIN) * RATE));
  assert.equal(plan(dry, 1600, 9.2, RATE).pieces[0].frame, Math.ceil((9.2 + LEAD) * RATE));
  assert.deepEqual(plan(dry, 800, 9.2, RATE), { pieces: [], line: dry });
});

test("the line does not reach further than some seconds", () => {
  const { pieces, line } = plan({ cursor: 0, frame: null }, 3600 * RATE, 1, RATE);
  assert.ok(line.cursor < 5 * RATE);
  assert.equal(plan(line, 3600 * RATE, 1, RATE).pieces.length, 0);
  assert.ok(pieces.every(({ from, to }) => to - from <= RATE / 4));
});

test("a place on the clock is a sample, before, within, between and after the pieces", () => {
  const pieces = [{ from: 100, to: 200, frame: 1000 }, { from: 200, to: 300, frame: 2000 }];
  assert.deepEqual([900, 1050, 1500, 2099, 2100].map((frame) => where(pieces, 300, frame)), [100, 150, 200, 299, 300]);
});

test("samples are taken once, in order, and their gaps are noticed", () => {
  const tape = new Tape(RATE);
  assert.ok(tape.put(0, ramp(100)));
  assert.ok(tape.put(50, ramp(100, 50)));
  assert.ok(tape.put(10, ramp(20, 10)));
  assert.equal(tape.put(151, ramp(10)), false);
  assert.ok(tape.put(150, ramp(100_000, 150)));
  assert.equal(tape.size, 100_150);
  assert.deepEqual(tape.slice(0, tape.size), ramp(100_150));
});

test("the loudest of each 20 ms and the first that is heard are known", () => {
  const tape = new Tape(RATE);
  tape.put(0, new Int16Array(200));
  tape.put(200, Int16Array.of(10, -4000, 20));
  assert.deepEqual(tape.peaks, [0, 4000]);
  assert.equal(tape.audible, 201);
});

test("samples may begin at any byte of a buffer", () => {
  const bytes = Uint8Array.of(9, 1, 0, 255, 255, 9);
  assert.deepEqual(samplesOf(new DataView(bytes.buffer, 1, 4)), Int16Array.of(1, -1));
});

test("a download is a WAV file", () => {
  const view = new DataView(wav(Int16Array.of(1, -2), 24000));
  const text = (at, size = 4) => String.fromCharCode(...new Uint8Array(view.buffer, at, size));
  assert.deepEqual([text(0), text(8, 8), text(36)], ["RIFF", "WAVEfmt ", "data"]);
  const words = [4, 16, 24, 28, 40].map((at) => view.getUint32(at, true));
  assert.deepEqual(words, [40, 16, 24000, 48000, 4]);
  assert.deepEqual([20, 22, 32, 34].map((at) => view.getUint16(at, true)), [1, 1, 2, 16]);
  assert.deepEqual([view.getInt16(44, true), view.getInt16(46, true), view.byteLength], [1, -2, 48]);
});

test("what arrives is laid end to end and is heard from its beginning to its end", () => {
  const context = new Context();
  const line = playback(context);
  assert.equal(line.state, "waiting");
  for (let i = 0; i < 10; i++) line.put(i * 800, ramp(800, i * 800));
  assert.equal(line.state, "playing");
  const starts = context.nodes.map((node) => Math.round(node.at * RATE));
  assert.deepEqual(starts, starts.map((_, i) => starts[0] + i * 800));
  const samples = context.nodes.flatMap((node) => Array.from(node.buffer.data, (x) => x * 32768));
  assert.deepEqual(samples, Array.from(ramp(8000)));
  context.pass(0.56);
  assert.ok(Math.abs(line.time - 0.5) < 1e-3);
  line.end();
  context.pass(1);
  assert.equal(line.state, "played");
  assert.equal(line.position, 8000);
});

test("a new context is not used before it is warm", () => {
  const context = new Context({ currentTime: 0 });
  const line = playback(context);
  line.put(0, ramp(800));
  assert.equal(context.nodes.length, 0);
  context.currentTime = 0.06;
  mock.timers.tick(10);
  assert.equal(context.nodes.length, 1);
});

test("a browser that wants a gesture is told of, and play goes on from the beginning", async () => {
  const context = new Context({ state: "suspended" });
  context.allowed = false;
  const line = playback(context);
  line.put(0, ramp(8000));
  mock.timers.tick(500);
  assert.equal(line.state, "blocked");
  assert.equal(context.nodes.length, 0);
  context.allowed = true;
  line.play();
  await null;
  assert.equal(line.state, "playing");
  assert.equal(line.heard, null);
  assert.equal(line.position, 0);
});

test("a pause holds the clock, and nothing is lost that comes meanwhile", async () => {
  const context = new Context();
  const line = playback(context);
  line.put(0, ramp(800));
  line.pause();
  line.put(800, ramp(800, 800));
  assert.equal(line.state, "paused");
  line.play();
  await null;
  const [first, second] = context.nodes;
  assert.equal(Math.round((second.at - first.at) * RATE), 800);
});

test("a seek silences what is on the line and lays it anew from there", () => {
  const context = new Context();
  const line = playback(context);
  line.put(0, ramp(16000));
  const before = context.nodes.length;
  line.seek(1.5);
  assert.ok(context.nodes.slice(0, before).every((node) => node.off));
  assert.equal(Math.round(context.nodes[before].buffer.data[0] * 32768), 12000);
  assert.equal(line.time, 1.5);
  line.seek(99);
  assert.equal(line.time, 2);
  line.seek(-1);
  assert.equal(line.time, 0);
});

test("after stop there is silence until it is known where new speech begins", () => {
  const context = new Context();
  const line = playback(context);
  line.put(0, ramp(16000));
  context.pass(0.56);
  line.stop();
  const before = context.nodes.length;
  assert.ok(context.nodes.every((node) => node.off));
  line.put(16000, ramp(800));
  assert.equal(context.nodes.length, before);
  line.edge(16800);
  assert.equal(context.nodes.length, before);
  assert.equal(line.state, "waiting");
  line.put(16800, ramp(800, 100));
  assert.equal(context.nodes.length, before + 1);
  assert.equal(line.position, 16800);
});

test("after the end stop goes to the beginning, and play begins again", async () => {
  const context = new Context();
  const line = playback(context);
  line.put(0, ramp(800));
  line.end();
  line.stop();
  assert.deepEqual([line.state, line.position], ["paused", 0]);
  line.play();
  await null;
  context.pass(1);
  assert.equal(line.state, "played");
  line.play();
  assert.deepEqual([line.state, line.position], ["playing", 0]);
});

test("the first sound is measured with the silence before it", () => {
  const context = new Context();
  mock.method(performance, "now", () => 5000);
  context.getOutputTimestamp = () => ({ contextTime: 1, performanceTime: 5040 });
  const line = playback(context);
  line.put(0, new Int16Array(800));
  assert.equal(line.heard, null);
  line.put(800, Int16Array.from({ length: 800 }, () => 9000));
  assert.ok(Math.abs(line.heard.lead - 0.1) < 1e-9);
  assert.equal(line.heard.silence, 0.1);
  const facts = firstSound({ lead: 0.06, silence: 0.1 }, 0.2);
  assert.equal(facts, "First sound 360 ms after the text was sent, 160 ms after the first audio (100 ms of silence at its start)");
  assert.equal(firstSound({ lead: 0.06, silence: 0 }, null), "First sound 60 ms after the first audio");
  assert.equal(firstSound(null, 0.2), "");
});

test("closing silences at once and frees the sound card", () => {
  const context = new Context();
  const line = playback(context);
  line.put(0, ramp(8000));
  line.close();
  assert.ok(context.nodes.every((node) => node.off));
  mock.timers.tick(1000);
  assert.ok(context.closed);
});

const TEXT = "One two. Three four. Five.";

test("the sentence is marked that may be spoken, where beginning and end are known", () => {
  const stretches = [{ text: TEXT, start: 0, end: 2600, cut: false }];
  assert.deepEqual(marks(stretches, 0), [["next", TEXT]]);
  assert.deepEqual(marks(stretches, 1000), [["played", "One two. "], ["now", "Three four. "], ["next", "Five."]]);
  assert.deepEqual(marks(stretches, 2600), [["played", TEXT]]);
});

test("what is still being made, or was cut, is marked as a whole", () => {
  const going = { text: TEXT, start: 100, end: null, cut: false };
  const before = { text: "Zero. ", start: 0, end: 100, cut: false };
  assert.deepEqual(marks([before, going], 5000), [["played", "Zero. "], ["now", TEXT]]);
  assert.deepEqual(marks([before, going], 100), [["played", "Zero. "], ["next", TEXT]]);
  const cut = { ...going, end: 200, cut: true };
  assert.deepEqual(marks([before, cut], 150), [["played", "Zero. "], ["now", TEXT]]);
  assert.deepEqual(marks([before, cut], 200), [["played", "Zero. "], ["cut", TEXT]]);
});

test("an outline has as many columns as fit, and keeps silence visible", () => {
  assert.equal(outline([]), "");
  assert.equal(outline([0, 8]), "M0 -0.020 1 -0.020L1 -1.000 2 -1.000L2 1.000 1 1.000L1 0.020 0 0.020Z");
  const long = outline(Array.from({ length: 5000 }, () => 1));
  assert.ok(long.includes("400 -1.000") && !long.includes("401 "));
});

test("the state is told in words", () => {
  assert.equal(told("waiting", "connecting", 0), "connecting");
  assert.equal(told("waiting", "reconnecting", 9), "reconnecting");
  assert.equal(told("playing", "reconnecting", 9), "speaking");
  assert.equal(told("played", "failed", 9), "failed");
  assert.equal(told("played", "ended", 0), "there is no speech");
});
