import assert from "node:assert/strict";
import test from "node:test";

import { apply, data, empty, heard, text } from "../../dgnb/widgets/static/captions.js";

const voices = [{ name: "Speaker 0", colour: "#111" }, { name: "Speaker 1", colour: "#222" }];
const piece = (said, voice, start, fresh) => ({ parts: [said], voice, start, end: start + 1, fresh });

const NEWS = [
  { kind: "news", voices, add: [piece("one", 0, 0, true)], interim: [], status: { state: "live", words: 1 } },
  { kind: "news", add: [piece("two", 0, 1, false)], interim: [{ name: "", text: "thr" }], status: { words: 2 } },
  { kind: "news", add: [{ gap: [2, 5] }, piece("three", 0, 5, false)], interim: [], status: {} },
  { kind: "news", add: [{ ...piece("", 1, 65, true), parts: [["four", 0.1], "!"] }], status: { state: "ended" } },
];

const whole = () => NEWS.reduce(apply, empty());

test("pieces become paragraphs, which end where the speaker changes and where audio was lost", () => {
  assert.deepEqual(whole().paragraphs.map(({ gap, parts, end }) => gap ?? [parts.flat(2).join("|"), end]), [
    ["one|two", 2], [2, 5], ["three", 6], ["four|0.1|!", 66],
  ]);
});

test("what stays as it was need not be told again", () => {
  assert.deepEqual(whole().status, { state: "ended", words: 2 });
  assert.deepEqual(apply(apply(empty(), NEWS[1]), { kind: "news", status: {} }).interim, [{ name: "", text: "thr" }]);
});

test("all there is, told at once, is what was told bit by bit", () => {
  const add = NEWS.flatMap((message) => message.add);
  const all = { kind: "all", page: "p", voices, add, interim: [], status: { state: "ended", words: 2 } };
  assert.deepEqual(apply(empty(), all), whole());
  assert.deepEqual(apply(whole(), all), whole());
});

test("text has a line for each paragraph", () => {
  assert.equal(text(whole()), "[0:00] Speaker 0: one two\n[3.0 s were lost here]\n[0:05] Speaker 0: three\n[1:05] Speaker 1: four!\n");
});

test("data has the times and the speakers", () => {
  assert.deepEqual(data(whole()).slice(0, 2), [
    { start: 0, end: 2, speaker: "Speaker 0", text: "one two" }, { gap: { start: 2, end: 5 } },
  ]);
});

test("who listens hears only what has become final, with the speaker where it changes", () => {
  const store = whole();
  assert.deepEqual(NEWS.map((message) => heard(store, message)), ["Speaker 0: one", "two", "3.0 s were lost here three", "Speaker 1: four!"]);
});
