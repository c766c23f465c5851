import { make, button, keyed } from "./common.js";

// Copy a text; where a page may not, mark it so that the keyboard can.
async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    getSelection().selectAllChildren(element);
    return "Marked: copy it with the keyboard.";
  }
}

function render({ model, el }) {
  const root = make("figure", "dgnb-widget dgnb-code");
  const [caption, bar] = [make("figcaption", "", model.get("label")), make("div", "dgnb-bar")];
  const told = make("span", "dgnb-facts");
  told.setAttribute("role", "status");
  const text = keyed(make("pre"));
  text.tabIndex = 0;
  text.setAttribute("aria-label", model.get("label"));
  text.setAttribute("role", "region");
  const does = button("Copy", async () => (told.textContent = await copy(model.get("text"), text)));
  bar.append(caption, does, told);
  root.append(bar, text);
  const show = () => {
    text.textContent = model.get("text");
    told.textContent = "";
    root.hidden = !model.get("text");
  };
  model.on("change:text", show);
  el.append(root);
  show();
  return () => model.off("change:text", show);
}

export default { render };
