import assert from "node:assert/strict";
import test from "node:test";
import { apply, called, data, empty, heard, phase, text, took } from "../../dgnb/widgets/static/agent.js";

const exchange = (turn, more = {}) => ({
  turn, at: turn * 10, user: "", agent: "", thoughts: [], calls: [], latency: null, interrupted: false, problem: "", ...more,
});
const call = { name: "weather", arguments: '{"city":"Rome"}', state: "done", result: "sunny", took: 0.2, here: true };

test("an exchange that has changed takes the place of what was known of it", () => {
  const store = empty();
  apply(store, { kind: "all", exchanges: [exchange(0, { agent: "Hello!" })], status: { state: "live" } });
  apply(store, { kind: "news", exchanges: [exchange(1, { user: "And?" })], status: { phase: "thinking" } });
  apply(store, { kind: "news", exchanges: [exchange(1, { user: "And?", agent: "Well." })], status: {} });
  assert.equal(data(store).length, 2);
  assert.equal(store.exchanges[1].agent, "Well.");
  assert.deepEqual(store.status, { state: "live", phase: "thinking" });
  apply(store, { kind: "all", exchanges: [], status: {} });
  assert.deepEqual(data(store), []);
});

test("the text has both sides, the calls, and why there is no reply", () => {
  const store = empty();
  const said = exchange(1, { user: "Weather?", agent: "Sunny.", calls: [call] });
  apply(store, { kind: "all", exchanges: [exchange(0, { agent: "Hi." }), said, exchange(2, { user: "And?", problem: "no model" })] });
  assert.equal(
    text(store),
    '[0:00] Agent: Hi.\n[0:10] User: Weather?\n    weather({"city":"Rome"}) → sunny\n[0:10] Agent: Sunny.\n'
    + "[0:20] User: And?\n[0:20] Agent: no model\n",
  );
});

test("a call tells how it stands until it has a result", () => {
  assert.equal(called({ ...call, state: "running", result: "" }), 'weather({"city":"Rome"}) → running');
  assert.equal(called({ ...call, state: "failed", result: "it rains" }), 'weather({"city":"Rome"}) → it rains');
});

test("what goes on is told only while the conversation is live", () => {
  assert.equal(phase({ state: "waiting", phase: "" }), "press Record to begin");
  assert.equal(phase({ state: "live", phase: "calling" }), "the agent calls a function");
  assert.equal(phase({ state: "live", phase: "", muted: true }), "you are muted");
  assert.equal(phase({ state: "live", phase: "user", muted: true }), "you are heard");
  assert.equal(phase({ state: "ended", phase: "agent" }), "");
});

test("only what is new is read out", () => {
  const before = exchange(0, { user: "Hello.", agent: "Good" });
  assert.equal(heard(undefined, before), "User: Hello. Agent: Good");
  assert.equal(heard(before, { ...before, agent: "Good morning." }), "Agent:  morning.");
  assert.equal(heard(before, before), "");
});

test("short times are milliseconds", () => assert.deepEqual([took(0.0304), took(2.25)], ["30 ms", "2.3 s"]));
