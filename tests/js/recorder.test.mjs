import assert from "node:assert/strict";
import test from "node:test";

import { reason } from "../../dgnb/widgets/static/microphone.js";
import { look, loudness } from "../../dgnb/widgets/static/recorder.js";
import { Framer, Resampler, install, workletSource } from "../../dgnb/widgets/static/sound.js";

const tone = (hertz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate));
const power = (samples) => Math.sqrt(samples.reduce((all, value) => all + value * value, 0) / samples.length);
const decibel = (value, full) => 20 * Math.log10(value / full);

function resampled(samples, from, to, piece = 128) {
  const resampler = new Resampler(from, to);
  const found = [];
  for (let at = 0; at < samples.length; at += piece) found.push(...resampler.put(samples.subarray(at, at + piece)));
  return [...found, ...resampler.end()];
}

for (const from of [44100, 48000, 96000, 8000]) {
  test(`a tone recorded at ${from} Hz is the same tone at 16 kHz`, () => {
    const heard = resampled(tone(1000, from, 1), from, 16000);
    assert.equal(heard.length, 16000);
    const wanted = tone(1000, 16000, 1);
    const wrong = heard.map((value, at) => value - wanted[at]).slice(200, -200);
    assert.ok(decibel(power(wrong), power(wanted)) < -70);
  });
}

for (const hertz of [9000, 10000, 12000, 17000]) {
  test(`what 16 kHz cannot hold is left out: ${hertz} Hz`, () => {
    const heard = resampled(tone(hertz, 44100, 1), 44100, 16000).slice(200, -200);
    assert.ok(decibel(power(heard), 0.5) < -80);
  });
}

test("the size of the pieces makes no difference", () => {
  const samples = tone(440, 48000, 0.2);
  assert.deepEqual(resampled(samples, 48000, 16000, 128), resampled(samples, 48000, 16000, 4096));
});

function framed(size, ...pieces) {
  const frames = [];
  const framer = new Framer(size, (frame) => frames.push(frame));
  pieces.forEach((piece) => framer.put(piece));
  framer.flush();
  framer.flush();
  return frames;
}

test("frames are numbered, whole but for the last, and never empty", () => {
  const frames = framed(4, Float32Array.of(0, 0, 0), Float32Array.of(0, 0), Float32Array.of());
  assert.deepEqual(frames.map(({ seq, pcm }) => [seq, pcm.byteLength]), [[0, 8], [1, 2]]);
  assert.deepEqual(framed(4, new Float32Array(8)).map(({ pcm }) => pcm.byteLength), [8, 8]);
  assert.deepEqual(framed(4), []);
});

test("samples of 16 bits come through unchanged, and what is too loud is clipped", () => {
  const given = [-32768, -12345, -1, 0, 1, 32767];
  const [{ pcm, peak }] = framed(8, Float32Array.from([...given.map((value) => value / 32768), 1.5, -2]));
  assert.deepEqual([...new Int16Array(pcm)], [...given, 32767, -32768]);
  assert.equal(peak, 2);
});

// The audio thread's own globals.
function audioThread(rate) {
  const posted = [];
  let made;
  globalThis.sampleRate = rate;
  globalThis.AudioWorkletProcessor = class {
    port = { postMessage: (message) => posted.push(message) };
  };
  globalThis.registerProcessor = (_, kind) => (made = kind);
  install();
  const processor = new made({ processorOptions: { rate: 16000, size: 1280 } });
  const hear = (blocks) => {
    for (let block = 0; block < blocks; block += 1) processor.process([[new Float32Array(128)]]);
  };
  return { posted, hear, turn: (data) => processor.port.onmessage({ data }), processor };
}

test("a pause gives what is there, then only signs of life", () => {
  const { posted, hear, turn } = audioThread(16000);
  hear(15);
  turn("paused");
  assert.deepEqual(posted.map(({ seq, pcm }) => [seq, pcm.byteLength]), [[0, 2560], [1, 1280]]);
  hear(260);
  assert.deepEqual(posted.slice(2), [{ beat: true }]);
  turn("on");
  hear(10);
  assert.equal(posted.at(-1).seq, 2);
});

test("the end gives the rest and the count, and nothing after it", () => {
  const { posted, hear, turn, processor } = audioThread(16000);
  hear(11);
  turn("off");
  turn("on");
  assert.equal(processor.process([[new Float32Array(128)]]), false);
  assert.deepEqual(posted.map(({ seq, count }) => seq ?? count), [0, 1, 2]);
});

test("another rate is brought to the one that is wanted, to its last sample", () => {
  const { posted, hear, turn } = audioThread(48000);
  hear(375);
  turn("off");
  const bytes = posted.filter(({ pcm }) => pcm).reduce((all, { pcm }) => all + pcm.byteLength, 0);
  assert.equal(bytes, 2 * 16000);
});

test("a source that gives nothing is waited for", () => {
  const { posted, processor } = audioThread(16000);
  assert.equal(processor.process([[]]), true);
  assert.deepEqual(posted, []);
});

test("the audio thread's code stands alone", () => {
  const registered = [];
  const run = new Function("AudioWorkletProcessor", "registerProcessor", "sampleRate", workletSource());
  run(class {}, (name) => registered.push(name), 16000);
  assert.deepEqual(registered, ["dgnb-capture"]);
});

const page = { secure: true, media: true, allowed: true, host: "localhost" };
for (const [name, about, why] of [
  ["NotAllowedError", {}, "denied"],
  ["NotAllowedError", { host: "" }, "blocked"],
  ["NotAllowedError", { allowed: false }, "blocked"],
  ["NotFoundError", {}, "none"],
  ["OverconstrainedError", {}, "none"],
  ["NotReadableError", {}, "busy"],
  ["WorkletError", {}, "worklet"],
  ["SilentError", {}, "silent"],
  ["TypeError", { secure: false, media: false }, "insecure"],
  ["TypeError", { media: false }, "blocked"],
  ["AbortError", {}, "other"],
]) {
  test(`${name} with ${JSON.stringify(about)} means ${why}`, () => {
    assert.equal(reason({ name }, { ...page, ...about }), why);
  });
}

test("loudness runs from -60 dB to full scale", () => {
  assert.equal(loudness(0), 0);
  assert.ok(Math.abs(loudness(0.001)) < 1e-9);
  assert.equal(loudness(1), 1);
  assert.ok(Math.abs(loudness(0.1) - 2 / 3) < 1e-9);
});

test("a page that does not record says who does, and may end it", () => {
  const shown = look("idle", { state: "recording", said: "", lost: 2 });
  assert.deepEqual(
    [shown.record, shown.elsewhere, shown.canPause, shown.words, shown.lost],
    ["Stop", true, false, "Recording in another page", "2 frames lost"],
  );
});

test("a recording that is over says so, and no other begins", () => {
  const shown = look("stopping", { state: "ended", said: "Recorded 0:02.", lost: 0 });
  assert.deepEqual([shown.over, shown.elsewhere, shown.words], [true, false, "Recorded 0:02."]);
});

test("between the last frame and the recorder's word the page still says that it stops", () => {
  const shown = look("stopping", { state: "recording", said: "", lost: 0 });
  assert.deepEqual([shown.elsewhere, shown.canPause, shown.words], [false, false, "Stopping …"]);
});
