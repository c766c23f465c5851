// A conversation with an agent: both sides, its thoughts and calls, its voice, and what it may be told.

import { make, button, clock, keyed } from "./common.js";
import { following, frame, isOver, keeping, note, scroller, spoken, statusLine } from "./following.js";
import { sounding } from "./sounding.js";

export const empty = () => ({ exchanges: [], status: {} });

// Take a message into the store.
export function apply(store, message) {
  if (message.kind === "all") store.exchanges = [];
  Object.assign(store.status, message.status);
  for (const one of message.exchanges ?? []) store.exchanges[one.turn] = one;
  return store;
}

const PHASES = {
  user: "you are heard",
  thinking: "the agent thinks",
  calling: "the agent calls a function",
  agent: "the agent speaks",
};

// What goes on, as a person would say it.
export function phase({ state, phase: now = "", muted }) {
  if (state === "waiting") return "press Record to begin";
  if (state !== "live") return "";
  return PHASES[now] ?? (muted ? "you are muted" : "");
}

// A call as one line.
export function called({ name, arguments: given, state, result }) {
  return `${name}(${given}) → ${state === "done" || state === "failed" ? result : state}`;
}

// Seconds as they are told beside a reply.
export const took = (seconds) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`);

// Everything as plain text, a line for each side.
export function text(store) {
  const lines = store.exchanges.flatMap((one) => [
    one.user && `[${clock(one.at)}] User: ${one.user}`,
    ...one.calls.map((call) => `    ${called(call)}`),
    (one.agent || one.problem) && `[${clock(one.at)}] Agent: ${one.agent || one.problem}`,
  ]);
  return lines.filter(Boolean).join("\n") + "\n";
}

export const data = (store) => store.exchanges;

// ---- The exchanges

function side(who, said, { colour, time, fact = "" }) {
  const row = make("p", "dgnb-side");
  const name = make("b", "dgnb-voice", who);
  name.style.borderColor = colour;
  const words = make("span", "dgnb-said", said);
  words.dir = "auto";
  row.append(make("time", "", time), name, words);
  if (fact) row.append(make("span", "dgnb-facts", fact));
  return row;
}

function call(one) {
  const [box, summary] = [make("details", "dgnb-call"), keyed(make("summary"))];
  box.dataset.state = one.state;
  const time = one.took === null ? one.state : `${one.state}, ${took(one.took)}`;
  summary.append(make("code", "", one.name), make("span", "dgnb-facts", one.here ? time : `${time}, by the service`));
  box.append(summary, make("code", "dgnb-given", one.arguments), make("code", "dgnb-given", one.result || "no result yet"));
  return box;
}

function block(one, colours) {
  const found = make("div", "dgnb-exchange");
  const time = clock(one.at);
  if (one.user) found.append(side("User", one.user, { colour: colours.user, time }));
  for (const thought of one.thoughts) found.append(make("p", "dgnb-thought", thought));
  found.append(...one.calls.map(call));
  const facts = [one.interrupted && "interrupted", one.latency !== null && took(one.latency)].filter(Boolean);
  if (one.agent) found.append(side("Agent", one.agent, { colour: colours.agent, time, fact: facts.join(", ") }));
  if (one.problem) found.append(make("p", "dgnb-problem", one.problem));
  return found;
}

// The exchanges of a store; only those that have changed are made again.
function paper(store, box, colours) {
  const blocks = [];
  const put = (one) => {
    const old = blocks[one.turn];
    const fresh = block(one, colours);
    const open = [...(old?.querySelectorAll("details") ?? [])].map((each) => each.open);
    fresh.querySelectorAll("details").forEach((each, at) => (each.open = open[at] ?? false));
    if (old) old.replaceWith(fresh);
    else box.append(fresh);
    blocks[one.turn] = fresh;
  };
  const restart = () => {
    blocks.length = 0;
    box.replaceChildren();
    store.exchanges.forEach(put);
  };
  return { put, restart };
}

// What is new, for those who hear it.
export function heard(before, one) {
  const fresh = (who, was, is) => (is && is !== was ? `${who}: ${was && is.startsWith(was) ? is.slice(was.length) : is}` : "");
  return [fresh("User", before?.user ?? "", one.user), fresh("Agent", before?.agent ?? "", one.agent)].filter(Boolean).join(" ");
}

// ---- What it may be told

function entry(send) {
  const form = make("form", "dgnb-bar dgnb-entry");
  const field = keyed(make("input"));
  Object.assign(field, { type: "text", placeholder: "Say something in writing", autocomplete: "off" });
  field.setAttribute("aria-label", "Text to the agent");
  const sent = button("Send", () => {}, { title: "Send the text" });
  sent.type = "submit";
  form.append(field, sent);
  // JupyterLab keeps a form from being sent by Enter.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    send(field.value);
    field.value = "";
  });
  return { form, field, sent };
}

function prompting(send) {
  const [box, summary] = [make("details", "dgnb-prompt"), keyed(make("summary", "", "Prompt"))];
  const field = keyed(make("textarea"));
  field.setAttribute("aria-label", "Prompt");
  field.rows = 4;
  field.dir = "auto";
  const apply = button("Apply", () => send(field.value), { title: "Change the prompt of the agent that runs" });
  box.append(summary, field, apply);
  let known;
  // What is being written is not overwritten.
  const show = (prompt) => {
    if (prompt === known) return;
    if (field.value === (known ?? "")) field.value = prompt;
    known = prompt;
  };
  return { box, apply, show };
}

const ANSWERS = { prompt: "The prompt is in force.", force: "The turn is ended." };

function controls(model, store, sound) {
  const stop = button("Stop", () => model.send({ do: "stop" }), { title: "End the conversation" });
  const interrupt = button("Interrupt", () => model.send({ do: "interrupt" }), { title: "Hear no more of this reply" });
  const end = button("End turn", () => model.send({ do: "force" }), { title: "End what you are saying now" });
  const mute = button("Mute", () => model.send({ do: "mute", muted: !store.status.muted }), {
    title: "Have the agent hear silence",
    pressed: false,
  });
  const silent = button("Sound", () => sound.toggle(), { title: "Hear the agent", pressed: true });
  const here = [stop, interrupt, ...(model.get("about").microphone ? [mute, end] : []), ...(sound ? [silent] : [])];
  const show = () => {
    const over = isOver(store.status);
    stop.disabled = over || store.status.state === "stopping";
    for (const each of [interrupt, mute, end]) each.disabled = store.status.state !== "live";
    mute.setAttribute("aria-pressed", String(Boolean(store.status.muted)));
    if (!sound) return;
    silent.setAttribute("aria-pressed", String(sound.on));
    silent.classList.toggle("dgnb-wanted", sound.playback.state === "blocked");
    silent.title = sound.playback.state === "blocked" ? "The browser wants a click before it makes sound" : "Hear the agent";
  };
  return { here, show };
}

function view(model, store, sound) {
  const about = model.get("about");
  const root = frame("dgnb-agent", about.title);
  const [status, log, speech, answer] = [statusLine(about.title), scroller("dgnb-log", about.title), spoken(), note()];
  const now = make("span", "dgnb-facts dgnb-phase");
  now.setAttribute("role", "status");
  status.element.append(now);
  const said = [];
  const page = paper(store, log.box, about.colours);
  const written = entry((words) => model.send({ do: "say", text: words }));
  const prompt = prompting((words) => model.send({ do: "prompt", prompt: words }));
  const buttons = controls(model, store, sound);
  const kept = keeping({ file: about.file, text: () => text(store), data: () => data(store), say: answer.say });
  const bar = make("div", "dgnb-bar");
  bar.append(...buttons.here, ...kept, answer.element);
  root.append(status.element, log.element, written.form, bar, prompt.box, speech.element);
  root.addEventListener("pointerdown", () => sound?.wake());
  root.addEventListener("keydown", () => sound?.wake());
  const tell = (one) => {
    const words = heard(said[one.turn], one);
    said[one.turn] = one;
    if (words) speech.say(words);
  };
  const update = (message) => {
    if (message.kind === "answer") return answer.say(message.ok ? (ANSWERS[message.to] ?? "") : message.told);
    if (message.kind === "all") page.restart();
    else (message.exchanges ?? []).forEach((one) => (page.put(one), tell(one)));
    status.show(store.status);
    now.textContent = phase(store.status);
    prompt.show(store.status.prompt ?? "");
    buttons.show();
    const live = ["live", "connecting", "reconnecting"].includes(store.status.state);
    for (const each of [written.field, written.sent, prompt.apply]) each.disabled = !live;
    log.grown();
  };
  const drawn = () => buttons.show();
  sound?.playback.listeners.add(drawn);
  update({ kind: "all" });
  const close = () => {
    sound?.playback.listeners.delete(drawn);
    status.end();
  };
  return { root, update, end: close };
}

// The agent's voice, that may be turned off; none where the audio is in a file format.
function voice(model, store) {
  const { rate } = model.get("about");
  if (!rate) return null;
  const sound = sounding(model, rate, () => isOver(store.status));
  const { playback } = sound;
  const voiced = { ...sound, on: true };
  voiced.wake = () => voiced.on && playback.state === "blocked" && playback.play();
  voiced.toggle = () => {
    if (playback.state === "blocked" && voiced.on) return playback.play();
    voiced.on = !voiced.on;
    if (!voiced.on) return playback.pause();
    // What was said meanwhile is past.
    playback.jump(playback.tape.size);
    playback.play();
  };
  return voiced;
}

export default following({ empty, apply, view, begin: voice });
