// Captions: paragraphs that only grow, and a provisional line below them.

import { make, button, clock } from "./common.js";
import {
  following, frame, isOver, keeping, lostHere, note, plain, scroller, spoken, statusLine, written,
} from "./following.js";

export const empty = () => ({ paragraphs: [], voices: [], interim: [], status: {} });

// Take a message into the store.
export function apply(store, message) {
  if (message.kind === "all") Object.assign(store, { paragraphs: [], interim: [] });
  if (message.voices) store.voices = message.voices;
  if (message.interim) store.interim = message.interim;
  Object.assign(store.status, message.status);
  for (const piece of message.add ?? []) add(store.paragraphs, piece);
  return store;
}

function add(paragraphs, piece) {
  const last = paragraphs.at(-1);
  if (piece.gap) paragraphs.push({ gap: piece.gap });
  else if (piece.fresh || !last || last.gap) paragraphs.push({ ...piece, parts: [piece.parts] });
  else {
    last.parts.push(piece.parts);
    last.end = piece.end;
  }
}

export const textOf = ({ parts }) => parts.map(plain).join(" ");

const who = (store, paragraph) => store.voices[paragraph.voice]?.name ?? "";

// Everything as plain text, a line for each paragraph.
export function text(store) {
  const line = (paragraph) => {
    if (paragraph.gap) return `[${lostHere(paragraph.gap)}]`;
    const name = who(store, paragraph);
    return `[${clock(paragraph.start)}] ${name ? `${name}: ` : ""}${textOf(paragraph)}`;
  };
  return store.paragraphs.map(line).join("\n") + "\n";
}

// Everything with its times [s].
export function data(store) {
  return store.paragraphs.map((paragraph) => paragraph.gap
    ? { gap: { start: paragraph.gap[0], end: paragraph.gap[1] } }
    : { start: paragraph.start, end: paragraph.end, speaker: who(store, paragraph), text: textOf(paragraph) });
}

function element(store, paragraph) {
  if (paragraph.gap) {
    const gap = make("p", "dgnb-gap", lostHere(paragraph.gap));
    gap.setAttribute("role", "note");
    return gap;
  }
  const [block, said] = [make("p", "dgnb-paragraph"), make("span", "dgnb-said")];
  const voice = store.voices[paragraph.voice];
  block.append(make("time", "", clock(paragraph.start)));
  if (voice?.name) {
    const name = make("b", "dgnb-voice", voice.name);
    name.style.borderColor = voice.colour;
    block.append(name);
  }
  said.dir = "auto";
  block.append(said);
  return block;
}

// The paragraphs of a store as they grow: nothing that is shown is ever made again.
function paper(store, box) {
  const interim = make("div", "dgnb-interim");
  box.append(interim);
  let [shown, pieces, block] = [0, 0, null];
  const append = (paragraph) => {
    if (!block) interim.before(block = element(store, paragraph));
    const said = block.lastChild;
    for (; pieces < paragraph.parts.length; pieces++) {
      said.append(said.hasChildNodes() ? " " : "", ...written(paragraph.parts[pieces]));
    }
  };
  const grow = () => {
    for (let at = Math.max(shown - 1, 0); at < store.paragraphs.length; at++) {
      const paragraph = store.paragraphs[at];
      if (at >= shown) [pieces, block] = [0, null];
      if (paragraph.parts?.length > pieces) append(paragraph);
      else if (paragraph.gap && at >= shown) interim.before(element(store, paragraph));
    }
    shown = store.paragraphs.length;
  };
  const provisional = () => {
    const lines = isOver(store.status) ? [] : store.interim;
    while (interim.children.length > lines.length) interim.lastChild.remove();
    lines.forEach((line, at) => {
      const said = interim.children[at] ?? interim.appendChild(make("p"));
      said.dir = "auto";
      const now = line.name && lines.length > 1 ? `${line.name}: ${line.text}` : line.text;
      if (said.textContent !== now) said.textContent = now;
    });
  };
  // What goes on after a clear begins a paragraph of its own.
  const clear = () => {
    while (box.firstChild !== interim) box.firstChild.remove();
    block = null;
  };
  const restart = () => {
    clear();
    [shown, pieces] = [0, 0];
  };
  return { update: () => { grow(); provisional(); }, clear, restart };
}

// What has become final, for those who hear it.
export function heard(store, message) {
  const said = (message.add ?? []).map((piece) => {
    if (piece.gap) return lostHere(piece.gap);
    const name = piece.fresh ? store.voices[piece.voice]?.name : "";
    return (name ? `${name}: ` : "") + plain(piece.parts);
  });
  return said.join(" ");
}

function view(model, store) {
  const about = model.get("about");
  const root = frame("dgnb-captions", about.title);
  const [status, log, speech] = [statusLine(about.title), scroller("dgnb-log", about.title), spoken()];
  const page = paper(store, log.box);
  const answer = note();
  const stop = button("Stop", () => model.send({ do: "stop" }), { title: "End the session" });
  const finalize = button("Finalize", () => model.send({ do: "finalize" }), { title: "Have what was said written as final" });
  const clear = button("Clear", () => { page.clear(); log.box.focus(); }, { title: "Clear this view; nothing is lost" });
  const bar = make("div", "dgnb-bar");
  const kept = keeping({ file: about.file, text: () => text(store), data: () => data(store), say: answer.say });
  bar.append(stop, finalize, clear, ...kept, answer.element);
  root.append(status.element, log.element, bar, speech.element);
  const update = (message) => {
    if (message.kind === "answer") return answer.say(message.ok ? "" : message.told);
    if (message.kind === "all") page.restart();
    else if (message.add?.length) speech.say(heard(store, message));
    status.show(store.status);
    page.update();
    log.grown();
    stop.disabled = isOver(store.status) || store.status.state === "stopping";
    finalize.disabled = store.status.state !== "live";
  };
  update({ kind: "all" });
  return { root, update, end: status.end };
}

export default following({ empty, apply, view });
