// The player of a transcript as a widget: the same view, which tells what is selected.
// It stands behind the player's own modules, which give it `mount`.

function urlOf(model) {
  const audio = model.get("audio");
  if (!audio?.byteLength) return "";
  return URL.createObjectURL(new Blob([audio], { type: model.get("kind") }));
}

function render({ model, el }) {
  el.innerHTML = model.get("html");
  const root = el.querySelector(".dgnb-player");
  const url = urlOf(model);
  if (url) root.querySelector("audio").src = url;
  const close = mount(root, {
    select: (parts) => {
      model.set("selected", parts);
      model.save_changes();
    },
  });
  return () => {
    close();
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
