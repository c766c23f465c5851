import assert from "node:assert/strict";
import test from "node:test";

import {
  chosen,
  find,
  folded,
  paragraphOf,
  parts,
  runs,
  unpack,
  upTo,
  varints,
  wordAt,
  wordIn,
} from "../../dgnb/views/static/words.js";
import { pieces } from "../../dgnb/views/static/marks.js";

const base64 = (...numbers) => Buffer.from(numbers).toString("base64");

// "Hi there," "you." at 0.1, 0.2 and 0.05 s: the last one is another voice's, and begins first.
const DATA = {
  starts: base64(200, 1, 200, 1, 171, 2), // 100, +100, -150 ms
  lengths: base64(50, 100, 20),
  letters: base64(2, 6, 4),
  confidences: base64(200, 100, 255),
  paragraphs: [
    [0, 2, 1],
    [1, 1, 1],
  ],
  sentiments: { positive: [[0, 0]], negative: [[1, 2]] },
  topics: { Greeting: [[0, 1]] },
};
const TEXTS = ["Hi there,", "you."];

test("numbers of any size are seven bits a byte", () => {
  assert.deepEqual([...varints(Uint8Array.of(1, 0xac, 2, 0x80, 0x80, 0x80, 0x80, 0x20))], [1, 300, 2 ** 33]);
});

test("words have times, places in their paragraphs, and an order", () => {
  const words = unpack(DATA);
  assert.deepEqual([...words.starts], [0.1, 0.2, 0.05]);
  assert.deepEqual([...words.ends], [0.15, 0.3, 0.07]);
  assert.deepEqual([...words.at], [0, 3, 0]);
  assert.deepEqual([...words.order], [2, 0, 1]);
  const cut = (i) => TEXTS[paragraphOf(words, i)].slice(words.at[i], words.at[i] + words.letters[i]);
  assert.deepEqual([0, 1, 2].map(cut), ["Hi", "there,", "you."]);
});

test("no words are no words", () => {
  const words = unpack({ ...DATA, starts: "", lengths: "", letters: "", confidences: "", paragraphs: [[-1, 0, 1]] });
  assert.equal(wordAt(words, 1), -1);
  assert.equal(wordIn(words, 0, 3), -1);
});

test("the word that is spoken is the one that began last, in a pause the last one", () => {
  const words = unpack(DATA);
  const expected = [[0, -1], [0.05, 2], [0.08, 2], [0.1, 0], [0.149, 0], [0.18, 0], [0.2, 1], [9, 1]];
  for (const [time, word] of expected) assert.equal(wordAt(words, time), word, `at ${time}`);
});

test("a long word goes on when a short one in it has ended", () => {
  const long = { ...DATA, starts: base64(0, 200, 1, 200, 1), lengths: base64(232, 7, 10, 10) }; // 0 to 1 s, 0.1, 0.2
  const words = unpack(long);
  assert.equal(wordAt(words, 0.105), 1);
  assert.equal(wordAt(words, 0.15), 0);
  assert.equal(wordAt(words, 0.5), 0);
  assert.equal(wordAt(words, 1.5), 2);
});

test("the spoken word of a long transcript is what a plain search finds", () => {
  const size = 5000;
  const starts = Array.from({ length: size }, (_, i) => i * 0.4 + (i % 7) * 0.01);
  const words = { size, starts, begins: Float64Array.from(starts), order: Uint32Array.from(starts.keys()) };
  words.ends = starts.map((start) => start + 0.3);
  words.reach = Float64Array.from(words.ends);
  for (let time = 0.05; time < 2000; time += 7.3) {
    assert.equal(wordAt(words, time), starts.findLastIndex((start) => start <= time));
  }
  assert.equal(upTo(words.begins, 0), 1);
});

test("a place in the text is a word, also between two", () => {
  const words = unpack(DATA);
  assert.deepEqual([0, 2, 3, 99].map((offset) => wordIn(words, 0, offset)), [0, 0, 1, 1]);
  assert.equal(wordIn(words, 1, 2), 2);
});

test("capitals do not count, and lengths stay", () => {
  assert.equal(folded("ÄPFEL"), "äpfel");
  assert.equal(folded("İ Z").length, 3);
});

test("hits are found wherever they are, also across words", () => {
  assert.deepEqual(find(["hi there, hi", "you."], " HI "), [0, 0, 0, 10]);
  assert.deepEqual(find(TEXTS.map(folded), "hi there"), [0, 0]);
  assert.deepEqual(find(TEXTS, "  "), []);
  assert.deepEqual(find(["a+b (c)"], "+b (c"), [0, 1]);
});

test("filters choose words, together fewer", () => {
  const words = unpack(DATA);
  const of = (filter) => chosen(words, DATA, filter);
  assert.equal(of({}), null);
  assert.deepEqual([...of({ voice: "1" })], [0, 0, 1]);
  assert.deepEqual([...of({ below: "0.7" })], [0, 1, 0]); // what is not known is not low
  assert.deepEqual([...of({ below: "0.5" })], [0, 0, 0]); // 0.5 is not below 0.5
  assert.deepEqual([...of({ sentiment: "negative" })], [0, 1, 1]);
  assert.deepEqual([...of({ sentiment: "negative", voice: "0", topic: "Greeting" })], [0, 1, 0]);
  assert.deepEqual([...of({ topic: "Weather" })], [0, 0, 0]);
});

test("chosen words that follow each other are one run", () => {
  const words = unpack(DATA);
  assert.deepEqual(runs(words, 0, Uint8Array.of(1, 1, 0)), [[0, 9]]);
  assert.deepEqual(runs(words, 0, Uint8Array.of(0, 1, 0)), [[3, 9]]);
  assert.deepEqual(runs(words, 1, Uint8Array.of(1, 1, 0)), []);
});

test("a selection leaves out what is hidden", () => {
  const words = unpack(DATA);
  assert.deepEqual(parts(words, 1, 2, () => true), [[1, 2]]);
  assert.deepEqual(parts(words, 0, 2, (p) => p === 0), [[0, 1]]);
});

test("marks over a text make pieces of it", () => {
  assert.deepEqual(pieces("one two", []), [["one two", ""]]);
  const marks = [[0, 7, "kept"], [4, 7, "now"]];
  assert.deepEqual(pieces("one two.", marks), [["one ", "kept"], ["two", "now"], [".", ""]]);
});
