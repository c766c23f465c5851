import { make, button, keyed } from "./common.js";

// Whether a field, or the group that it is in, is what somebody looks for.
export function found(field, title, query) {
  const text = [field.name, field.name.replaceAll("_", " "), field.help, title, ...field.values].join(" ").toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// The values with one of them changed; undefined takes it away.
export function changed(value, name, next) {
  const { [name]: _, ...rest } = value;
  return next === undefined ? rest : { ...rest, [name]: next };
}

// How many options are set, as a sentence.
export const count = (value, all) => `${Object.keys(value).length} of ${all} set`;

// What is set in a group, in its closed state too.
export function summed(names, value) {
  const told = ([name, one]) => (one === true ? name : `${name}=${typeof one === "string" ? one : JSON.stringify(one)}`);
  return Object.entries(value).filter(([name]) => names.includes(name)).map(told).join(", ");
}

// A number that was typed, as it is written when it is none.
export function number(text) {
  const value = Number(text);
  return text.trim() === "" ? undefined : Number.isNaN(value) ? text : value;
}

// What a list holds when a text is added to it.
export function added(items, text) {
  const clean = text.trim();
  return clean === "" || items.includes(clean) ? items : [...items, clean];
}

// A list or pairs as texts, whatever form they were given in.
export function listed(value) {
  if (value === undefined || value === null || typeof value === "boolean") return [];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => (one === null ? key : `${key}:${one}`));
  return [String(value)];
}

// So many options need no search.
const FEW = 4;

let made = 0;

// A select with an empty choice for what is not sent.
function select(choices, none) {
  const element = keyed(make("select"));
  for (const [value, text] of [["", none], ...choices]) {
    const option = make("option", "", text);
    option.value = value;
    element.append(option);
  }
  return element;
}

function input(type, field) {
  const element = keyed(make("input"));
  element.type = type;
  if (type === "number") {
    if (field.low !== null) element.min = field.low;
    if (field.high !== null) element.max = field.high;
    element.step = field.whole ? 1 : "any";
  }
  element.placeholder = field.default === null || type === "date" ? "" : field.default;
  return element;
}

const unset = (field) => (field.default === null ? "not sent" : `not sent: ${field.default}`);

// Values that are offered while somebody types.
function offers(element, values) {
  if (!values.length) return [];
  const list = make("datalist");
  list.id = `dgnb-offers-${(made += 1)}`;
  for (const value of values) list.append(Object.assign(make("option"), { value }));
  element.setAttribute("list", list.id);
  return [list];
}

// Each kind of control: its elements, the one that is labelled, and how it shows a value. `set` takes a new one.
const controls = {
  flag(field, set) {
    const box = Object.assign(keyed(make("input")), { type: "checkbox" });
    box.addEventListener("change", () => set(box.checked || undefined));
    return { main: box, parts: [box], show: (value) => (box.checked = value === true) };
  },
  "yes or no"(field, set) {
    const box = select([["yes", "yes"], ["no", "no"]], unset(field));
    box.addEventListener("change", () => set({ yes: true, no: false }[box.value]));
    return { main: box, parts: [box], show: (value) => (box.value = value === undefined ? "" : value ? "yes" : "no") };
  },
  choice(field, set) {
    const box = select(field.values.map((value) => [value, value]), unset(field));
    box.addEventListener("change", () => set(box.value || undefined));
    return { main: box, parts: [box], show: (value) => (box.value = value ?? "") };
  },
  number(field, set) {
    const box = input("number", field);
    box.addEventListener("change", () => set(number(box.value)));
    return { main: box, parts: [box], show: (value) => (box.value = value ?? "") };
  },
  date(field, set) {
    const box = input("date", field);
    box.addEventListener("change", () => set(box.value || undefined));
    return { main: box, parts: [box], show: (value) => (box.value = value ?? "") };
  },
  text(field, set) {
    const box = input("text", field);
    box.addEventListener("change", () => set(box.value.trim() || undefined));
    return { main: box, parts: [box, ...offers(box, field.values)], show: (value) => (box.value = value ?? "") };
  },
  json(field, set) {
    const box = keyed(make("textarea"));
    box.addEventListener("change", () => {
      try {
        set(box.value.trim() ? JSON.parse(box.value) : undefined);
        box.setCustomValidity("");
      } catch (error) {
        box.setCustomValidity(error.message);
      }
      box.reportValidity();
    });
    return { main: box, parts: [box], show: (value) => (box.value = value === undefined ? "" : JSON.stringify(value)) };
  },
  list(field, set) {
    let items = [];
    const box = input("text", field);
    box.placeholder = field.kind === "pairs" ? "key:value, then Enter" : "one, then Enter";
    const chips = make("ul", "dgnb-chips");
    const change = (next) => next !== items && set(next.length ? next : undefined);
    const take = () => {
      const next = added(items, box.value);
      box.value = "";
      change(next);
    };
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take();
    });
    box.addEventListener("change", take);
    const chip = (text) => {
      const entry = make("li");
      const remove = () => {
        change(items.filter((one) => one !== text));
        box.focus();
      };
      const away = button("×", remove, { title: `Remove ${text}` });
      away.setAttribute("aria-label", `Remove ${text}`);
      entry.append(make("span", "", text), away);
      return entry;
    };
    const show = (value) => {
      items = listed(value);
      chips.replaceChildren(...items.map(chip));
    };
    return { main: box, parts: [chips, box, ...offers(box, field.values)], show };
  },
};
controls.pairs = controls.list;

// A control that can also be switched on or off as a whole.
function switched(field, set) {
  const own = controls[field.kind]({ ...field, default: null }, set);
  const how = select([["yes", "yes"], ["no", "no"], ["value", "value…"]], unset(field));
  const rest = make("span", "dgnb-rest");
  rest.append(...own.parts);
  own.main.setAttribute("aria-label", `${field.name}, value`);
  const look = () => (rest.hidden = how.value !== "value");
  how.addEventListener("change", () => {
    look();
    set({ yes: true, no: false }[how.value]);
    if (how.value === "value") own.main.focus();
  });
  const show = (value) => {
    const plain = typeof value === "boolean";
    if (plain || value !== undefined) how.value = plain ? (value ? "yes" : "no") : "value";
    else if (how.value !== "value") how.value = "";
    own.show(plain ? undefined : value);
    look();
  };
  return { main: how, parts: [how, rest], show };
}

function fieldView(field, title, set) {
  const control = (field.switch ? switched : controls[field.kind])(field, (next) => set(field.name, next));
  const root = make("div", `dgnb-field dgnb-${field.kind === "flag" ? "flag" : "plain"}`);
  root.dataset.name = field.name;
  const id = `dgnb-field-${(made += 1)}`;
  const label = Object.assign(make("label", "", field.name), { htmlFor: id });
  const help = Object.assign(make("p", "dgnb-help", field.help), { id: `${id}-help` });
  const problem = Object.assign(make("p", "dgnb-problem"), { id: `${id}-problem` });
  control.main.id = id;
  control.main.setAttribute("aria-describedby", `${help.id} ${problem.id}`);
  const holder = make("div", "dgnb-control");
  holder.append(...control.parts);
  root.append(...(field.kind === "flag" ? [holder, label] : [label, holder]), help, problem);
  const show = (value, told) => {
    control.show(value);
    root.classList.toggle("dgnb-set", value !== undefined);
    problem.textContent = told ?? "";
    problem.hidden = !told;
    control.main.setAttribute("aria-invalid", String(Boolean(told)));
  };
  return { root, show, field, title };
}

function groupView(group, set) {
  const root = make("details", "dgnb-group");
  const summary = keyed(make("summary"));
  const told = make("span", "dgnb-facts");
  summary.append(make("span", "", group.title), told);
  const grid = make("div", "dgnb-grid");
  const fields = group.fields.map((field) => fieldView(field, group.title, set));
  grid.append(...fields.map((field) => field.root));
  root.append(summary, grid);
  return { root, fields, told };
}

function render({ model, el }) {
  const root = make("section", "dgnb-widget dgnb-form");
  root.setAttribute("aria-label", model.get("label"));
  const set = (name, next) => {
    model.set("value", changed(model.get("value"), name, next));
    model.save_changes();
    show();
  };
  const groups = model.get("groups").map((group) => groupView(group, set));
  const all = groups.flatMap((group) => group.fields);

  const search = Object.assign(keyed(make("input")), { type: "search", placeholder: "Search options" });
  search.setAttribute("aria-label", `Search: ${model.get("label")}`);
  const only = button("Only what is set", () => {
    only.setAttribute("aria-pressed", String(only.getAttribute("aria-pressed") !== "true"));
    filter();
  }, { pressed: false });
  const reset = button("Reset", () => {
    model.set("value", {});
    model.save_changes();
    show();
  });
  const told = make("span", "dgnb-facts");
  told.setAttribute("role", "status");
  const none = make("p", "dgnb-none", "No option fits. Try another word, or clear the search.");

  const filter = () => {
    const [query, value] = [search.value.trim(), model.get("value")];
    const narrow = only.getAttribute("aria-pressed") === "true";
    for (const { root: box, fields } of groups) {
      for (const { root: line, field, title } of fields)
        line.hidden = !found(field, title, query) || (narrow && !(field.name in value));
      box.hidden = fields.every((each) => each.root.hidden);
      if (query || narrow) box.open = !box.hidden;
    }
    none.hidden = groups.some((group) => !group.root.hidden);
  };
  const show = () => {
    const [value, problems] = [model.get("value"), model.get("problems")];
    for (const each of all) each.show(value[each.field.name], problems[each.field.name]);
    for (const group of groups) {
      group.told.textContent = summed(group.fields.map((each) => each.field.name), value);
      if (group.fields.some((each) => problems[each.field.name])) group.root.open = true;
    }
    told.textContent = count(value, all.length);
    reset.disabled = !Object.keys(value).length;
  };
  search.addEventListener("input", filter);
  model.on("change:value", show);
  model.on("change:problems", show);
  // Of a few options all are in sight.
  const few = all.length <= FEW;
  for (const each of few ? [search, only, told] : []) each.hidden = true;
  for (const group of groups) group.root.open = few || groups.length === 1;
  const bar = make("div", "dgnb-bar");
  bar.append(make("strong", "", model.get("label")), search, only, reset, told);
  root.append(bar, ...groups.map((group) => group.root), none);
  el.append(root);
  show();
  filter();
  return () => {
    model.off("change:value", show);
    model.off("change:problems", show);
  };
}

export default { render };
