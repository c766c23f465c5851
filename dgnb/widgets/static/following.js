// What the views of a session that listens have in common: its state, its buttons, a box that scrolls along.

import { badge, make, button, clock, download, keyed } from "./common.js";

// How far from its end a box may be scrolled and still follow it [px].
const NEAR = 32;

// Until the kernel is asked again [ms].
const ASKED_AGAIN = 500;

// Messages that tell of the session; a widget may have others.
const KINDS = ["all", "news", "answer"];

// How the connection stands, as a person would say it; `left` is in seconds.
export function standing({ state = "connecting", why = "" }, left = null) {
  const because = why ? `: ${why}` : "";
  if (state === "reconnecting" && left !== null && left > 0) return `reconnecting in ${Math.ceil(left)} s${because}`;
  return state + because;
}

// Facts of a session, without its state.
export function facts({ seconds = 0, words = 0, latency = null }) {
  const told = [clock(seconds), `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`];
  return latency === null ? told : [...told, `latency ${latency.toFixed(2)} s`];
}

// How much audio was lost, as a sentence.
export const lostHere = ([start, end]) => `${(end - start).toFixed(1)} s were lost here`;

// Whether who reads a box is at its end, and so wants to see what comes.
export const follows = ({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - NEAR;

export const isOver = (status) => status.state === "ended" || status.state === "failed";

// Text in parts, of which some are doubtful.
export const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part[0])).join("");

// Nodes for text in parts.
export function written(parts) {
  return parts.map((part) => {
    if (typeof part === "string") return document.createTextNode(part);
    const doubtful = make("u", "", part[0]);
    doubtful.title = `confidence ${part[1].toFixed(2)}`;
    return doubtful;
  });
}

// Follow a session: ask for all there is, then take what is new. `take(message)` is called with either.
export function follow(model, take) {
  const page = `${Date.now()}-${Math.random()}`;
  let [welcome, asking] = [false, null];
  const hear = (message) => {
    if (!KINDS.includes(message.kind)) return;
    if (message.kind === "all" && (welcome || message.page !== page)) return;
    if (message.kind !== "all" && !welcome) return;
    welcome = true;
    take(message);
  };
  // The first message of a page may wait in the kernel until a cell is done.
  const ask = () => {
    model.send({ do: "ready", page });
    asking = setTimeout(() => welcome || ask(), ASKED_AGAIN);
  };
  model.on("msg:custom", hear);
  ask();
  return () => {
    clearTimeout(asking);
    model.off("msg:custom", hear);
  };
}

// A widget that follows a session: what its views show is in one store, which they are told of when it has changed.
// An answer changes no store, it is only told. What all views share besides, such as sound, `begin` gives.
export function following({ empty, apply, view, begin = () => null }) {
  return () => {
    const [store, views] = [empty(), new Set()];
    let shared = null;
    return {
      initialize({ model }) {
        shared = begin(model, store);
        const end = follow(model, (message) => {
          if (message.kind !== "answer") apply(store, message);
          for (const each of views) each.update(message);
          shared?.settle();
        });
        return () => {
          end();
          shared?.close();
        };
      },
      render({ model, el }) {
        const shown = view(model, store, shared);
        el.append(shown.root);
        views.add(shown);
        // Its size is known only when it is in the page.
        requestAnimationFrame(() => shown.update({ kind: "news" }));
        return () => {
          views.delete(shown);
          shown.end();
        };
      },
    };
  };
}

// The element of a view.
export function frame(name, label) {
  const element = make("section", `dgnb-widget dgnb-following ${name}`);
  element.setAttribute("aria-label", label);
  return element;
}

// The line that says how the session stands; it counts down by itself.
export function statusLine(title) {
  const element = make("div", "dgnb-bar dgnb-status");
  const [offline, state, told] = [badge(), make("span", "dgnb-state"), make("span", "dgnb-facts")];
  state.setAttribute("role", "status");
  element.append(make("b", "", title), offline, state, told);
  let [status, until] = [{}, null];
  const count = () => {
    const left = until === null ? null : (until - performance.now()) / 1000;
    // Screen readers are told of a change once, not of every second.
    state.title = standing(status, left);
    state.setAttribute("aria-label", standing(status));
    if (state.textContent !== state.title) state.textContent = state.title;
  };
  const timer = setInterval(count, 250);
  const show = (now) => {
    status = now;
    until = now.left === null || now.left === undefined ? null : performance.now() + 1000 * now.left;
    offline.hidden = !now.sandbox;
    state.dataset.state = now.state;
    told.textContent = facts(now).join(" · ");
    count();
  };
  return { element, show, end: () => clearInterval(timer) };
}

// A box that scrolls along with what comes, until the reader scrolls up.
export function scroller(name, label) {
  const [element, box] = [make("div", "dgnb-scroller"), keyed(make("div", name))];
  box.tabIndex = 0;
  box.setAttribute("role", "log");
  box.setAttribute("aria-label", label);
  // What is final is read out from a line of its own: here the provisional changes too often.
  box.setAttribute("aria-live", "off");
  let along = true;
  const latest = button("Latest", () => {
    along = true;
    grown();
    box.focus();
  }, { title: "Show what is said now" });
  latest.classList.add("dgnb-latest");
  const grown = () => {
    if (along) box.scrollTop = box.scrollHeight;
    latest.hidden = along;
  };
  box.addEventListener("scroll", () => {
    along = follows(box);
    latest.hidden = along;
  }, { passive: true });
  element.append(box, latest);
  latest.hidden = true;
  return { element, box, grown };
}

// A line that only screen readers see, and read.
export function spoken() {
  const element = make("div", "dgnb-spoken");
  element.setAttribute("aria-live", "polite");
  return { element, say: (text) => { element.textContent = text; } };
}

// What came of a button, in words.
export function note() {
  const element = make("span", "dgnb-facts dgnb-note");
  element.setAttribute("role", "status");
  return { element, say: (text) => { element.textContent = text; } };
}

// Copy text; where the page may not write to the clipboard, by way of a selection.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", "", "");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// Buttons that every such view has. `text()` and `data()` give what is saved.
export function keeping({ file, text, data, say }) {
  const copied = async () => say((await copy(text())) ? "Copied." : "The browser does not let this page copy.");
  return [
    button("Copy", copied, { title: "Copy the text" }),
    button("Save text", () => download(`${file}.txt`, "text/plain", text()), { title: "Download the text" }),
    button("Save JSON", () => download(`${file}.json`, "application/json", JSON.stringify(data(), null, 1)), {
      title: "Download the text with times and speakers",
    }),
  ];
}
