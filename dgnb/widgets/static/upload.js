import { make, button } from "./common.js";

// How large a file is, as a person would say it.
export function sized(bytes) {
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / unit).toFixed(bytes < 1e6 ? 0 : 1)} ${name}`;
}

// What is said of a file on its way.
export function progress({ name, share, said }) {
  if (said) return said;
  if (!name) return "";
  return share >= 1 ? `${name} is here.` : `${name}: ${Math.floor(100 * share)} %`;
}

// Send a file piece by piece, each when the last was taken.
export function sender(model) {
  let [file, id] = [null, ""];
  const hear = async (message) => {
    if (message.kind !== "want" || message.id !== id || !file) return;
    const piece = await file.slice(message.start, message.start + message.size).arrayBuffer();
    if (message.id === id) model.send({ kind: "piece", id }, undefined, [piece]);
  };
  model.on("msg:custom", hear);
  return {
    send(next) {
      [file, id] = [next, `${Date.now()}-${Math.random()}`];
      model.send({ kind: "begin", id, name: next.name, size: next.size });
    },
    end: () => model.off("msg:custom", hear),
  };
}

function render({ model, el }) {
  const root = make("div", "dgnb-widget dgnb-upload");
  const sending = sender(model);
  const input = Object.assign(make("input"), { type: "file", accept: model.get("accept"), hidden: true });
  const take = (files) => files.length && sending.send(files[0]);
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  const choose = button("Choose a file …", () => input.click());
  const told = make("p", "dgnb-told");
  told.setAttribute("role", "status");
  const bar = make("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", "How much of the file is here");
  root.append(make("p", "dgnb-label", model.get("label")), choose, input, bar, told);

  const over = (on) => (event) => {
    event.preventDefault();
    root.classList.toggle("dgnb-over", on);
  };
  root.addEventListener("dragover", over(true));
  root.addEventListener("dragleave", over(false));
  root.addEventListener("drop", (event) => {
    over(false)(event);
    // JupyterLab would open the file, too.
    event.stopPropagation();
    take(event.dataTransfer.files);
  });

  const show = () => {
    const state = { name: model.get("name"), share: model.get("share"), said: model.get("said") };
    told.textContent = progress(state);
    told.classList.toggle("dgnb-problem", Boolean(state.said));
    bar.value = state.share;
    bar.hidden = !state.name || state.share >= 1 || Boolean(state.said);
  };
  const names = ["name", "share", "said"];
  for (const name of names) model.on(`change:${name}`, show);
  el.append(root);
  show();
  return () => {
    sending.end();
    for (const name of names) model.off(`change:${name}`, show);
  };
}

export default { render };
