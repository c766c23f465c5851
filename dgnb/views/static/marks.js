// Marks on paragraphs that are one text each, and where in such a text a place on the page is.
export const HITS = "dgnb-hit";
export const FOUND = "dgnb-found";
export const KEPT = "dgnb-kept";
export const NOW = "dgnb-now";
const ORDER = [KEPT, HITS, NOW, FOUND]; // the last lies on top

export function make(tag, about = {}, text = "") {
  const element = Object.assign(document.createElement(tag), about);
  if (text) element.textContent = text;
  return element;
}

// Ranges that the page's style sheet colours; several players share the names.
export class Ranges {
  constructor() {
    this.own = new Map();
  }

  set(name, places) {
    const shared = CSS.highlights.get(name) ?? new Highlight();
    if (!CSS.highlights.has(name)) CSS.highlights.set(name, shared);
    shared.priority = ORDER.indexOf(name);
    this.own.get(name)?.forEach((range) => shared.delete(range));
    const ranges = places.map(([p, from, to]) => {
      const node = p.firstChild;
      return new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });
    });
    ranges.forEach((range) => shared.add(range));
    this.own.set(name, ranges);
  }

  clear() {
    [...this.own.keys()].forEach((name) => this.set(name, []));
  }
}

// The same by elements, for a browser without highlights.
export class Elements {
  constructor() {
    this.own = new Map();
  }

  set(name, places) {
    const touched = new Set([...(this.own.get(name) ?? []), ...places].map(([p]) => p));
    this.own.set(name, places);
    touched.forEach((p) => this.draw(p));
  }

  draw(p) {
    const marks = ORDER.flatMap((name) =>
      (this.own.get(name) ?? []).filter(([other]) => other === p).map(([, from, to]) => [from, to, name]),
    );
    const made = pieces(p.textContent, marks).map(([text, name]) => (name ? make("mark", { className: name }, text) : text));
    p.replaceChildren(...made);
  }

  clear() {
    [...this.own.keys()].forEach((name) => this.set(name, []));
  }
}

// Marks that overlap as pieces of a text: [text, name of the uppermost mark or ""].
export function pieces(text, marks) {
  const edges = [...new Set([0, text.length, ...marks.flatMap(([from, to]) => [from, to])])].sort((a, b) => a - b);
  return edges.slice(1).map((to, i) => {
    const over = marks.filter(([a, b]) => a <= edges[i] && to <= b);
    return [text.slice(edges[i], to), over.length ? over.at(-1)[2] : ""];
  });
}

// Where in a paragraph's text a place in the page is.
export function offsetIn(p, node, offset) {
  const range = document.createRange();
  range.setStart(p, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

// The node and offset of a place in a paragraph's text.
export function placeIn(p, offset) {
  const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  let rest = offset;
  while (node && rest > node.length) {
    rest -= node.length;
    node = walker.nextNode() ?? null;
  }
  return node ? [node, rest] : [p, 0];
}

export function caretAt(x, y) {
  if (document.caretPositionFromPoint) {
    const place = document.caretPositionFromPoint(x, y);
    return place && [place.offsetNode, place.offset];
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && [range.startContainer, range.startOffset];
}

// Marks in outputs that are gone would keep all of their text in memory.
export function forget() {
  for (const shared of globalThis.CSS?.highlights?.values() ?? []) {
    for (const range of [...shared]) if (!range.startContainer.isConnected) shared.delete(range);
  }
}
