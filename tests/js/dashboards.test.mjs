import assert from "node:assert/strict";
import test from "node:test";

import { lasted, progress as going } from "../../dgnb/widgets/static/banner.js";
import { choices, fits, turned } from "../../dgnb/widgets/static/chooser.js";
import { added, changed, found, listed, number, summed } from "../../dgnb/widgets/static/form.js";
import { progress, sender, sized } from "../../dgnb/widgets/static/upload.js";

const field = { name: "smart_format", help: "write numbers as a person would", values: [] };

test("an option is found by its name, its help and its group", () => {
  assert.ok(found(field, "How the text is written", "smart format"));
  assert.ok(found(field, "How the text is written", "NUMBERS text"));
  assert.ok(found(field, "", ""));
  assert.ok(!found(field, "How the text is written", "speaker"));
});

test("what is not set is not in the value", () => {
  assert.deepEqual(changed({ a: 1, b: 2 }, "a", undefined), { b: 2 });
  assert.deepEqual(changed({ a: 1 }, "b", false), { a: 1, b: false });
});

test("a number that is none stays as it was typed, for the kernel to say so", () => {
  assert.deepEqual([number(" 0.5"), number(""), number("soon")], [0.5, undefined, "soon"]);
});

test("a list takes each text once", () => {
  assert.deepEqual(added(["a"], " b "), ["a", "b"]);
  const items = ["a"];
  assert.equal(added(items, "a"), items);
  assert.equal(added(items, "  "), items);
  assert.deepEqual(listed({ a: 1, b: null }), ["a:1", "b"]);
  assert.deepEqual(listed(true), []);
});

test("a closed group says what is set in it", () => {
  assert.equal(summed(["model", "diarize"], { model: "nova-3", diarize: true, tag: ["x"] }), "model=nova-3, diarize");
});

const voices = [
  { id: "1", voice: "Ann", language: "en-GB", sounds: "calm, warm" },
  { id: "2", voice: "Bea", language: "de-DE", sounds: "calm" },
];

test("a table is narrowed by words and by what its rows are", () => {
  assert.deepEqual(choices(voices, "sounds"), ["calm", "warm"]);
  const shown = (query, wanted) => voices.filter((row) => fits(row, ["voice", "sounds"], query, wanted)).map((row) => row.id);
  assert.deepEqual(shown("", { sounds: "calm", language: "" }), ["1", "2"]);
  assert.deepEqual(shown("", { sounds: "warm" }), ["1"]);
  assert.deepEqual(shown("bea calm", {}), ["2"]);
});

test("a choice keeps its order, or is a single one", () => {
  assert.deepEqual(turned(["1"], "2", true, true), ["1", "2"]);
  assert.deepEqual(turned(["1", "2"], "1", false, true), ["2"]);
  assert.deepEqual(turned(["1"], "2", true, false), ["2"]);
});

test("a file is sent in the pieces that are asked for", async () => {
  const sent = [];
  let hear;
  const model = { on: (_, listener) => (hear = listener), off() {}, send: (...message) => sent.push(message) };
  const sending = sender(model);
  sending.send(Object.assign(new Blob(["abcdef"]), { name: "a.wav" }));
  const [{ id, size }] = sent[0];
  assert.equal(size, 6);
  await hear({ kind: "want", id, start: 2, size: 3 });
  await hear({ kind: "want", id: "another", start: 0, size: 3 });
  assert.equal(sent.length, 2);
  assert.equal(new TextDecoder().decode(sent[1][2][0]), "cde");
});

test("progress is told", () => {
  assert.deepEqual([sized(2500), sized(3_200_000)], ["3 kB", "3.2 MB"]);
  assert.equal(progress({ name: "a.wav", share: 0.5, said: "" }), "a.wav: 50 %");
  assert.equal(progress({ name: "a.wav", share: 1, said: "" }), "a.wav is here.");
  assert.deepEqual([going("busy", "Transcribing"), lasted(0.4), lasted(3.2)], ["Transcribing …", "", " 3 s"]);
  assert.equal(going("done", "42 words"), "42 words");
});
