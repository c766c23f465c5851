import assert from "node:assert/strict";
import test from "node:test";

import { facts, follow, follows, isOver, lostHere, plain, standing } from "../../dgnb/widgets/static/following.js";

test("a connection that comes again is counted down in whole seconds", () => {
  const status = { state: "reconnecting", why: "gone" };
  assert.equal(standing(status, 2.01), "reconnecting in 3 s: gone");
  assert.equal(standing(status, 0.2), "reconnecting in 1 s: gone");
  assert.equal(standing(status, -1), "reconnecting: gone");
  assert.equal(standing(status), "reconnecting: gone");
});

test("other states are said as they are, with their reason", () => {
  assert.equal(standing({ state: "live", why: "" }, null), "live");
  assert.equal(standing({ state: "failed", why: "no money" }, 3), "failed: no money");
  assert.equal(standing({}), "connecting");
});

test("facts are the time, the words and how late they come", () => {
  assert.deepEqual(facts({ seconds: 3725.9, words: 1234, latency: 0.256 }), ["1:02:05", "1,234 words", "latency 0.26 s"]);
  assert.deepEqual(facts({ seconds: 0, words: 1, latency: null }), ["0:00", "1 word"]);
});

test("a box follows until it is scrolled up", () => {
  assert.ok(follows({ scrollTop: 900, clientHeight: 100, scrollHeight: 1000 }));
  assert.ok(follows({ scrollTop: 870, clientHeight: 100, scrollHeight: 1000 }));
  assert.ok(!follows({ scrollTop: 800, clientHeight: 100, scrollHeight: 1000 }));
  assert.ok(follows({ scrollTop: 0, clientHeight: 100, scrollHeight: 40 }));
});

test("a gap says how long it is", () => assert.equal(lostHere([1.5, 5.7]), "4.2 s were lost here"));

test("text in parts is read as one", () => assert.equal(plain(["yes ", ["maybe", 0.2], " so"]), "yes maybe so"));

test("what has ended and what has failed are over", () => {
  assert.deepEqual(["live", "ended", "failed", "stopping"].map((state) => isOver({ state })), [false, true, true, false]);
});

test("a page takes nothing before it was told all, and not what others are told", () => {
  const [sent, taken, listeners] = [[], [], new Set()];
  const model = {
    on: (_, listener) => listeners.add(listener),
    off: (_, listener) => listeners.delete(listener),
    send: (message) => sent.push(message),
  };
  const end = follow(model, (message) => taken.push(message));
  const hear = (message) => listeners.forEach((listener) => listener(message));
  assert.equal(sent[0].do, "ready");
  hear({ kind: "news", number: 1 });
  hear({ kind: "all", page: "another" });
  hear({ kind: "all", page: sent[0].page });
  hear({ kind: "all", page: "another" });
  hear({ kind: "news", number: 2 });
  hear({ kind: "all", page: sent[0].page });
  assert.deepEqual(taken, [{ kind: "all", page: sent[0].page }, { kind: "news", number: 2 }]);
  end();
  assert.equal(listeners.size, 0);
});
