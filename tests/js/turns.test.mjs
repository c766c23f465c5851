import assert from "node:assert/strict";
import test from "node:test";

import { answered, apply, curve, data, described, empty, shownTime, sign, spans, text, threshold, told, valued } from "../../dgnb/widgets/static/turns.js";

const EVENTS = ["Update", "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"];
const step = (time, start, turn, event, confidence) => [time, start, turn, EVENTS.indexOf(event), confidence];

const STEPS = [
  step(0.5, 0.5, 0, "Update", 0), step(1, 0.2, 0, "StartOfTurn", 0.1), step(2, 0.2, 0, "EagerEndOfTurn", 0.5),
  step(2.5, 0.2, 0, "TurnResumed", 0.2), step(4, 0.2, 0, "EndOfTurn", 0.8), step(6, 5.5, 1, "StartOfTurn", 0), step(7, 5.5, 1, "Update", 0),
];

test("a turn is open until it seems to have ended, and again when it goes on", () => {
  assert.deepEqual(spans(STEPS, EVENTS), [
    { turn: 0, from: 0.2, to: 2, open: true }, { turn: 0, from: 2, to: 2.5, open: false },
    { turn: 0, from: 2.5, to: 4, open: true }, { turn: 1, from: 5.5, to: 7, open: true },
  ]);
});

test("silence is no turn", () => assert.deepEqual(spans([step(1, 1, 0, "Update", 0), step(2, 2, 0, "Update", 0)], EVENTS), []));

test("the window is the last half minute", () => {
  assert.deepEqual(shownTime(STEPS), [0, 30]);
  assert.deepEqual(shownTime([step(45, 45, 0, "Update", 0)]), [15, 45]);
});

test("the curve does not run back in time after a new connection", () => {
  const path = curve([step(3, 3, 0, "Update", 0), step(15, 3, 0, "Update", 1), step(1, 1, 0, "Update", 0.5)], [0, 30]);
  assert.equal(path, "M100.0 104.0L500.0 4.0M33.3 54.0");
});

test("a threshold holds until the next, and is not drawn where it is off", () => {
  const bars = [{ time: 0, eot: 0.7, eager: null }, { time: 15, eot: 0.9, eager: 0.4 }];
  assert.equal(threshold(bars, "eot", [0, 30]), "M0.0 34.0H500.0M500.0 14.0H1000.0");
  assert.equal(threshold(bars, "eager", [0, 30]), "M500.0 64.0H1000.0");
  assert.equal(threshold(bars, "eot", [20, 50]), "M0.0 14.0H1000.0");
});

test("each event has a sign of its own, an update none", () => {
  const signs = EVENTS.map((event) => sign(event, 1, 2));
  assert.equal(new Set(signs).size, 4);
  assert.equal(signs[0], "");
});

test("what is kept of the steps is bounded, and of the turns is all", () => {
  const store = empty();
  for (let at = 0; at < 1000; at++) {
    apply(store, { kind: "news", steps: [step(at, at, at, "EndOfTurn", 1)], turns: [{ turn: at, start: at, parts: ["yes"] }], current: null });
  }
  assert.equal(store.steps.length, 61);
  assert.equal(store.turns.length, 1000);
  assert.equal(described(store), "1000 turns have ended; the confidence that the turn has ended is 1.00");
});

test("all there is takes the place of what was known", () => {
  const store = apply(empty(), { kind: "news", steps: STEPS, turns: [{ turn: 0 }], bars: [{ time: 0 }], gaps: [[1, 2]], status: { state: "live" } });
  apply(store, { kind: "all", steps: [], turns: [], bars: [], gaps: [], current: null, status: { state: "ended" } });
  assert.deepEqual(store, { ...empty(), status: { state: "ended" } });
});

test("text has a line for each turn, also for the one that goes on", () => {
  const store = apply(empty(), { kind: "news", turns: [{ turn: 0, start: 1, parts: ["Yes."] }], current: { turn: 1, start: 61, parts: [["No", 0.2]] } });
  assert.equal(text(store), "[0:01] Yes.\n[1:01] No\n");
  assert.deepEqual(data(store), [{ turn: 0, start: 1, text: "Yes." }]);
});

test("how a turn stands is said in words", () => {
  assert.equal(told({ state: "open" }), "speaking");
  assert.equal(told({ state: "early", eager: 1 }), "seems to have ended");
  assert.equal(told({ state: "end", trigger: "model", confidence: 0.8, eager: 2 }), "ended (model, 0.80)");
});

test("values are written with what they are", () => {
  assert.deepEqual([valued("eot_threshold", 0.7), valued("eot_timeout_ms", 5000), valued("eager_eot_threshold", null)], ["0.70", "5.0 s", "off"]);
});

test("a change that was refused says why", () => {
  assert.equal(answered({ to: "configure", ok: true, told: "" }), "The change is in force.");
  assert.equal(answered({ to: "configure", ok: false, told: "too high" }), "too high");
  assert.equal(answered({ to: "stop", ok: true, told: "" }), "");
});
