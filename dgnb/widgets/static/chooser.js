import { make, button, keyed } from "./common.js";

// What the values of a column are, in order; a cell may hold several.
export function choices(rows, column) {
  const all = rows.flatMap((row) => (row[column] ?? "").split(", ")).filter(Boolean);
  return [...new Set(all)].sort((a, b) => a.localeCompare(b, "en"));
}

// Whether a row has what is looked for.
export function fits(row, columns, query, wanted) {
  const text = columns.map((name) => row[name] ?? "").join(" ").toLowerCase();
  const has = ([column, value]) => !value || (row[column] ?? "").split(", ").includes(value);
  return Object.entries(wanted).every(has) && query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// What is chosen when a row is turned on or off.
export function turned(chosen, id, on, several) {
  const others = several ? chosen.filter((one) => one !== id) : [];
  return on ? [...others, id] : others;
}

let made = 0;

function facet(column, values, changed) {
  const [label, box] = [make("label", "", `${column} `), keyed(make("select"))];
  for (const value of ["", ...values]) box.append(Object.assign(make("option", "", value || "all"), { value }));
  box.addEventListener("change", changed);
  label.append(box);
  return { label, box };
}

function render({ model, el }) {
  const root = make("section", "dgnb-widget dgnb-chooser");
  root.setAttribute("aria-label", model.get("label"));
  const several = model.get("several");
  const group = `dgnb-choice-${(made += 1)}`;
  const bar = make("div", "dgnb-bar");
  const search = Object.assign(keyed(make("input")), { type: "search", placeholder: "Search" });
  search.setAttribute("aria-label", `Search: ${model.get("label")}`);
  const told = make("span", "dgnb-facts");
  told.setAttribute("role", "status");
  const none = make("p", "dgnb-none");
  const scroll = make("div", "dgnb-scroll");
  const set = (next) => {
    model.set("chosen", next);
    model.save_changes();
    mark();
  };
  const clear = button("Choose none", () => set([]));
  let [lines, filters] = [[], {}];

  const filter = () => {
    const wanted = Object.fromEntries(Object.entries(filters).map(([column, each]) => [column, each.box.value]));
    let shown = 0;
    for (const { row, line } of lines) {
      line.hidden = !fits(row, model.get("columns"), search.value.trim(), wanted);
      shown += !line.hidden;
    }
    none.hidden = shown > 0;
    none.textContent = lines.length ? "Nothing fits. Try another word, or show all." : model.get("empty");
    scroll.hidden = !shown;
    mark();
  };
  const mark = () => {
    const chosen = model.get("chosen");
    for (const { row, line, box } of lines) {
      box.checked = chosen.includes(row.id);
      line.classList.toggle("dgnb-chosen", box.checked);
    }
    const seen = lines.filter((each) => !each.line.hidden).length;
    told.textContent = `${seen} of ${lines.length} shown` + (chosen.length ? `, ${chosen.length} chosen` : "");
    clear.disabled = !chosen.length;
  };
  const draw = () => {
    const [columns, rows] = [model.get("columns"), model.get("rows")];
    filters = Object.fromEntries(model.get("facets").map((name) => [name, facet(name, choices(rows, name), filter)]));
    const table = make("table");
    const head = make("tr");
    head.append(make("td"), ...columns.map((name) => Object.assign(make("th", "", name), { scope: "col" })));
    lines = rows.map((row) => {
      const line = make("tr");
      const box = Object.assign(keyed(make("input")), { type: several ? "checkbox" : "radio", name: group });
      box.setAttribute("aria-label", row[columns[0]]);
      box.addEventListener("change", () => set(turned(model.get("chosen"), row.id, box.checked, several)));
      const cell = make("td");
      cell.append(box);
      const name = Object.assign(make("th", "", row[columns[0]]), { scope: "row" });
      line.append(cell, name, ...columns.slice(1).map((column) => make("td", "", row[column] ?? "")));
      line.addEventListener("click", ({ target }) => target === box || box.click());
      return { row, line, box };
    });
    const [top, body] = [make("thead"), make("tbody")];
    top.append(head);
    body.append(...lines.map((each) => each.line));
    table.append(top, body);
    scroll.replaceChildren(table);
    bar.replaceChildren(search, ...Object.values(filters).map((each) => each.label), ...(several ? [clear] : []), told);
    bar.hidden = !rows.length;
    filter();
  };
  search.addEventListener("input", filter);
  model.on("change:rows", draw);
  model.on("change:chosen", mark);
  model.on("change:empty", filter);
  root.append(make("strong", "dgnb-label", model.get("label")), bar, scroll, none);
  el.append(root);
  draw();
  return () => {
    model.off("change:rows", draw);
    model.off("change:chosen", mark);
    model.off("change:empty", filter);
  };
}

export default { render };
