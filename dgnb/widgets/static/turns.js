// Turns of a conversation: how sure the service is that each has ended, sliders for what it takes, and the text.

import { make, button, clock, keyed } from "./common.js";
import {
  following, frame, isOver, keeping, lostHere, note, plain, scroller, spoken, statusLine, written,
} from "./following.js";

const SVG = "http://www.w3.org/2000/svg";

// The strip shows so much time [s], in a picture of this size: the confidence above, two lanes of bars below.
const WINDOW = 30;
export const [WIDTH, HIGH, LANE] = [1000, 100, 14];
const HEIGHT = HIGH + 2 * LANE + 12;

const EVENTS = { open: "Update", early: "EagerEndOfTurn", again: "TurnResumed", end: "EndOfTurn" };
const STATES = { open: "speaking", early: "seems to have ended", again: "goes on after all", end: "ended" };

export const empty = () => ({ steps: [], bars: [], turns: [], gaps: [], current: null, status: {} });

// Take a message into the store.
export function apply(store, message) {
  if (message.kind === "all") Object.assign(store, { ...empty(), status: store.status });
  for (const name of ["steps", "bars", "turns", "gaps"]) store[name].push(...(message[name] ?? []));
  if (message.current !== undefined) store.current = message.current;
  Object.assign(store.status, message.status);
  // The strip never shows more than its window.
  const end = store.steps.at(-1)?.[0] ?? 0;
  store.steps = store.steps.filter(([time]) => time >= end - 2 * WINDOW);
  return store;
}

// The window that is shown, from and to [s].
export const shownTime = (steps) => {
  const end = Math.max(steps.at(-1)?.[0] ?? 0, WINDOW);
  return [end - WINDOW, end];
};

// Parts of the turns that had words, from and to [s]: open until a turn seems to have ended, and not after that.
export function spans(steps, events) {
  const found = [];
  let [from, open, before] = [null, true, null];
  for (const step of steps) {
    const [time, start, turn, number] = step;
    const event = events[number];
    if (before === null || turn !== before[2] || time < before[0]) [from, open] = [null, true];
    before = step;
    from ??= event === "Update" && start === time ? null : start;
    if (from === null || event === "Update" || event === "StartOfTurn") continue;
    found.push({ turn, from, to: time, open });
    [from, open] = [event === "EndOfTurn" ? null : time, event !== "EagerEndOfTurn"];
  }
  if (before && from !== null && before[0] > from) found.push({ turn: before[2], from, to: before[0], open });
  return found;
}

const x = (time, [from, to]) => (WIDTH * (time - from)) / (to - from);
const y = (confidence) => HIGH * (1 - confidence) + 4;

// The path of the confidence. After a new connection a turn is heard again: the line does not run back in time.
export function curve(steps, window) {
  let before = Infinity;
  return steps.map(([time, , , , confidence]) => {
    const move = time < before ? "M" : "L";
    before = time;
    return `${move}${x(time, window).toFixed(1)} ${y(confidence).toFixed(1)}`;
  }).join("");
}

// The path of a threshold, which holds until the next.
export function threshold(bars, name, window) {
  const held = bars.map((bar, at) => ({ value: bar[name], from: Math.max(bar.time, window[0]), to: bars[at + 1]?.time ?? window[1] }));
  return held.filter(({ value, from, to }) => value !== null && to > from)
    .map(({ value, from, to }) => `M${x(from, window).toFixed(1)} ${y(value).toFixed(1)}H${x(to, window).toFixed(1)}`)
    .join("");
}

// The path of the sign of an event: a diamond, a triangle up, a triangle down.
export function sign(event, left, top) {
  const paths = { EagerEndOfTurn: "m0 -6l6 6l-6 6l-6 -6z", TurnResumed: "m0 -6l6 11h-12z", EndOfTurn: "m0 6l6 -11h-12z" };
  return paths[event] ? `M${left.toFixed(1)} ${top.toFixed(1)}${paths[event]}` : "";
}

function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function picture(store, { events, colours }) {
  const window = shownTime(store.steps);
  const line = (d, stroke, more = {}) => shape("path", { d, stroke, fill: "none", "vector-effect": "non-scaling-stroke", ...more });
  const bars = spans(store.steps, events).filter(({ to }) => to > window[0]).map(({ turn, from, to, open }) => {
    const left = Math.max(x(from, window), 0);
    const top = HIGH + 12 + (turn % 2) * LANE;
    return shape("rect", {
      x: left, y: top, width: Math.max(x(to, window) - left, 1), height: LANE - 2, fill: colours.Update, opacity: open ? 1 : 0.4,
    });
  });
  const signs = store.steps.map(([time, , , number, confidence]) => [events[number], x(time, window), y(confidence)])
    .filter(([event, left]) => colours[event] && left >= 0)
    .map(([event, left, top]) => shape("path", { d: sign(event, left, top), fill: colours[event] }));
  return [
    ...bars,
    line(threshold(store.bars, "eot_threshold", window), colours.EndOfTurn, { "stroke-dasharray": "3 3", "stroke-width": 1.5 }),
    line(threshold(store.bars, "eager_eot_threshold", window), colours.EagerEndOfTurn, { "stroke-dasharray": "3 3", "stroke-width": 1.5 }),
    line(curve(store.steps, window), colours.text, { "stroke-width": 1.5 }),
    ...signs,
  ];
}

// What the strip shows, as a sentence.
export function described(store) {
  const [turns, last] = [store.turns.length, store.steps.at(-1)];
  const sure = last ? `; the confidence that the turn has ended is ${last[4].toFixed(2)}` : "";
  return `${turns} ${turns === 1 ? "turn has" : "turns have"} ended${sure}`;
}

function strip(store, about) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "dgnb-strip", preserveAspectRatio: "none" });
  const legend = make("div", "dgnb-facts dgnb-legend");
  for (const [event, mark, told] of [
    ["Update", "▬", "speech"], ["EagerEndOfTurn", "◆", "early end"], ["TurnResumed", "▲", "goes on"], ["EndOfTurn", "▼", "end"],
  ]) {
    const [item, colour] = [make("span"), make("span", "", mark)];
    colour.style.color = about.colours[event];
    colour.setAttribute("aria-hidden", "true");
    item.append(colour, ` ${told}`);
    legend.append(item);
  }
  const update = () => {
    svg.setAttribute("aria-label", described(store));
    svg.replaceChildren(...picture(store, about));
  };
  return { svg, legend, update };
}

// A value as it is written beside its slider.
export const valued = (name, value) => {
  if (value === null || value === undefined) return "off";
  return name.endsWith("_ms") ? `${(value / 1000).toFixed(1)} s` : value.toFixed(2);
};

const LABELS = { eot_threshold: "End at", eager_eot_threshold: "Early end at", eot_timeout_ms: "End after silence of" };
const WAIT = 300;

// A slider for each threshold. What is chosen is sent a moment later, once.
function sliders(about, send) {
  const element = make("fieldset", "dgnb-sliders");
  element.append(make("legend", "", "What ends a turn"));
  let [chosen, timer] = [{}, null];
  const post = () => {
    send({ do: "configure", ...chosen });
    chosen = {};
  };
  const made = Object.entries(about.bounds).map(([name, { low, high, help }]) => {
    const [label, input, value] = [make("label"), keyed(make("input")), make("output")];
    const timed = name.endsWith("_ms");
    Object.assign(input, { type: "range", min: low, max: high, step: timed ? 100 : 0.01 });
    label.title = help;
    label.append(make("span", "", LABELS[name]), input, value);
    element.append(label);
    input.addEventListener("input", () => {
      chosen[name] = Number(input.value);
      value.textContent = `${valued(name, chosen[name])} …`;
      input.setAttribute("aria-valuetext", valued(name, chosen[name]));
      clearTimeout(timer);
      timer = setTimeout(post, WAIT);
    });
    const show = (now) => {
      if (name in chosen) return;
      input.value = now ?? low;
      input.setAttribute("aria-valuetext", valued(name, now));
      value.textContent = valued(name, now);
    };
    return [name, show];
  });
  const update = (bar) => made.forEach(([name, show]) => show(bar?.[name]));
  return { element, update, end: () => clearTimeout(timer) };
}

function row(turn, colours) {
  const element = make("p", "dgnb-turn");
  const [said, state] = [make("span", "dgnb-said"), make("span", "dgnb-is")];
  said.dir = "auto";
  element.append(make("time", "", clock(turn.start)), state, said);
  fill(element, turn, colours);
  return element;
}

// How a turn stands, as a few words.
export function told(turn) {
  return turn.state === "end" && turn.trigger ? `${STATES.end} (${turn.trigger}, ${turn.confidence.toFixed(2)})` : STATES[turn.state];
}

function fill(element, turn, colours) {
  const [time, state, said] = element.children;
  element.dataset.state = turn.state;
  time.textContent = clock(turn.start);
  state.textContent = told(turn);
  state.title = turn.eager ? `it seemed to have ended ${turn.eager}×` : "";
  state.style.borderColor = colours[EVENTS[turn.state]];
  said.replaceChildren(...written(turn.parts));
}

// The turns as they come: one that has ended is never made again.
function list(store, box, { colours }) {
  let [shown, gaps, going] = [0, 0, null];
  const update = () => {
    for (; gaps < store.gaps.length; gaps++) place(make("p", "dgnb-gap", lostHere(store.gaps[gaps])));
    for (; shown < store.turns.length; shown++) {
      const turn = store.turns[shown];
      if (!going) place(row(turn, colours));
      else fill(going, turn, colours);
      going = null;
    }
    const current = isOver(store.status) && !store.current?.parts.length ? null : store.current;
    if (current && going) fill(going, current, colours);
    else if (current) box.append(going = row(current, colours));
    else if (going) going = void going.remove();
  };
  const place = (element) => (going ? going.before(element) : box.append(element));
  const clear = () => {
    box.replaceChildren();
    going = null;
  };
  const restart = () => {
    clear();
    [shown, gaps] = [0, 0];
  };
  return { update, clear, restart };
}

// Everything as plain text, a line for each turn.
export function text(store) {
  const turns = [...store.turns, ...(store.current ? [store.current] : [])];
  return turns.map((turn) => `[${clock(turn.start)}] ${plain(turn.parts)}`).join("\n") + "\n";
}

// Everything with its times [s].
export function data(store) {
  return store.turns.map(({ parts, ...turn }) => ({ ...turn, text: plain(parts) }));
}

// What a change came to.
export function answered({ to, ok, told: why }) {
  if (!ok) return why;
  return to === "configure" ? "The change is in force." : "";
}

function view(model, store) {
  const about = model.get("about");
  const root = frame("dgnb-turns", about.title);
  const [status, log, speech] = [statusLine(about.title), scroller("dgnb-log", about.title), spoken()];
  const [course, turns, setting] = [strip(store, about), list(store, log.box, about), sliders(about, (content) => model.send(content))];
  const answer = note();
  const stop = button("Stop", () => model.send({ do: "stop" }), { title: "End the session" });
  const force = button("End turn", () => model.send({ do: "force" }), { title: "End the turn that goes on now" });
  const clear = button("Clear", () => { turns.clear(); log.box.focus(); }, { title: "Clear this view; nothing is lost" });
  const bar = make("div", "dgnb-bar");
  const kept = keeping({ file: about.file, text: () => text(store), data: () => data(store), say: answer.say });
  bar.append(stop, force, clear, ...kept, answer.element);
  root.append(status.element, course.svg, course.legend, setting.element, log.element, bar, speech.element);
  const update = (message) => {
    if (message.kind === "answer") {
      setting.update(store.bars.at(-1));
      return answer.say(answered(message));
    }
    if (message.kind === "all") turns.restart();
    else if (message.turns?.length) speech.say(message.turns.map((turn) => plain(turn.parts)).join(" "));
    status.show(store.status);
    if (message.steps?.length || message.bars?.length || message.kind === "all") course.update();
    if (message.bars?.length || message.kind === "all") setting.update(store.bars.at(-1));
    turns.update();
    log.grown();
    setting.element.disabled = isOver(store.status);
    stop.disabled = isOver(store.status) || store.status.state === "stopping";
    force.disabled = store.status.state !== "live";
  };
  update({ kind: "all" });
  return { root, update, end: () => { status.end(); setting.end(); } };
}

export default following({ empty, apply, view });
