import { badge, make } from "./common.js";

// How the work goes, and how long it takes so far.
export const progress = (state, told) => (state === "busy" ? `${told} …` : told);
export const lasted = (seconds) => (seconds >= 1 ? ` ${Math.floor(seconds)} s` : "");

function render({ model, el }) {
  const root = make("div", "dgnb-widget dgnb-banner");
  const title = make("div", "dgnb-title");
  title.setAttribute("role", "heading");
  title.setAttribute("aria-level", "2");
  const sign = badge();
  const note = make("span", "dgnb-facts", "answers come from the offline sandbox: no key, no network, rough recognition");
  const head = make("div", "dgnb-bar");
  head.append(title, sign, note);
  const about = make("p", "dgnb-about");
  // Both are always there, so that what they say next is read out.
  const going = make("p", "dgnb-going");
  going.setAttribute("role", "status");
  const time = make("span", "dgnb-time");
  time.setAttribute("aria-hidden", "true");
  const words = make("span");
  going.append(words, time);
  const fault = make("p", "dgnb-fault");
  fault.setAttribute("role", "alert");
  root.append(head, about, going, fault);

  let [since, timer] = [0, null];
  const tick = () => (time.textContent = lasted((performance.now() - since) / 1000));
  const show = () => {
    const [state, told] = [model.get("state"), model.get("told")];
    title.textContent = model.get("title");
    about.textContent = model.get("about");
    sign.hidden = note.hidden = !model.get("sandbox");
    root.dataset.state = state;
    const failed = state === "failed";
    words.textContent = failed ? "" : progress(state, told);
    fault.textContent = failed ? told : "";
    clearInterval(timer);
    time.textContent = "";
    if (state === "busy") {
      since = performance.now();
      timer = setInterval(tick, 1000);
    }
  };
  const names = ["title", "about", "sandbox", "state", "told"];
  for (const name of names) model.on(`change:${name}`, show);
  el.append(root);
  show();
  return () => {
    clearInterval(timer);
    for (const name of names) model.off(`change:${name}`, show);
  };
}

export default { render };
