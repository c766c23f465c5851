import assert from "node:assert/strict";
import test from "node:test";

import { Model, packed } from "../../dgnb/widgets/static/page.js";

test("a frame is its number and its audio", () => {
  const frame = packed(258, Int16Array.of(1, -1).buffer);
  assert.deepEqual([...frame], [2, 1, 0, 0, 1, 0, 255, 255]);
});

test("a model over a socket sends words as text and audio as it is", () => {
  const sent = [];
  const model = new Model({ readyState: 1, send: (frame) => sent.push(frame) });
  model.send({ kind: "start" });
  model.send({ kind: "frame", seq: 1 }, undefined, [new ArrayBuffer(2)]);
  assert.equal(sent[0], '{"kind":"start"}');
  assert.deepEqual([...sent[1]], [1, 0, 0, 0, 0, 0]);
});

test("a model keeps its values and tells who listens", () => {
  const model = new Model({});
  const told = [];
  const listener = (content) => told.push(content);
  model.on("change:state", () => told.push(model.get("state")));
  model.on("msg:custom", listener);
  model.hear({ set: { state: "recording" } });
  model.hear({ do: "stop" });
  model.off("msg:custom", listener);
  model.hear({ do: "stop" });
  assert.deepEqual(told, ["recording", { do: "stop" }]);
});

test("nothing is sent to a socket that is closed", () => {
  const model = new Model({ readyState: 3, send: () => assert.fail() });
  model.send({ kind: "end" });
});
