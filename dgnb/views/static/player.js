// A transcript beside its audio: the word that is spoken is marked, a word that is clicked is played.
// Paragraphs are text nodes; words are columns of numbers and are marked by ranges, so that a hundred
// thousand of them cost nothing.
import { chosen, find, folded, paragraphOf, parts, runs, SCALE, unpack, wordAt, wordIn } from "./words.js";
import { caretAt, Elements, forget, FOUND, HITS, KEPT, make, NOW, offsetIn, placeIn, Ranges } from "./marks.js";

const LOW = [0.5, 0.7, 0.9];
const SLACK = 0.001; // a player rounds the time that it is set to [s]

class Player {
  constructor(root, { select = () => {} }) {
    this.root = root;
    this.tell = select;
    this.data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    this.words = unpack(this.data);
    this.audio = root.querySelector("audio");
    this.sound = root.querySelector(".dgnb-sound");
    this.place = root.querySelector(".dgnb-words");
    this.paragraphs = [...this.place.children];
    this.number = new Map(this.paragraphs.map((p, i) => [p, i]));
    this.paragraphs.forEach(label);
    this.marks = globalThis.Highlight && CSS.highlights ? new Ranges() : new Elements();
    this.life = new AbortController();
    this.cursor = -1; // the word that is marked
    this.anchor = -1; // where a selection by keys began
    this.filter = {};
    this.mask = null;
    this.hits = [];
    this.hit = -1;
    this.follows = true;
    this.near = new Set(); // paragraphs that are seen, or soon
    this.build();
    this.listen();
  }

  // What is seen

  build() {
    const bar = make("div", { className: "dgnb-bar" });
    this.query = make("input", { type: "search", placeholder: "Search  ( / )" });
    this.query.setAttribute("aria-label", "Search in the transcript");
    this.back = make("button", { type: "button", title: "Previous hit (Shift+Enter)", disabled: true }, "↑");
    this.on = make("button", { type: "button", title: "Next hit (Enter)", disabled: true }, "↓");
    this.back.setAttribute("aria-label", "Previous hit");
    this.on.setAttribute("aria-label", "Next hit");
    this.count = make("output");
    this.said = make("output");
    bar.append(this.query, this.back, this.on, this.count, ...this.selects(), this.said);
    this.place.before(bar);
    if (this.sound) this.sound.append((this.head = make("div", { className: "dgnb-head" })));
  }

  selects() {
    const { data, words } = this;
    const voices = data.voices.map((name, i) => [String(i), name]);
    const low = LOW.filter((most) => words.confidences.some((sure) => sure < Math.round(most * SCALE)));
    const named = (spans) => Object.keys(spans).map((name) => [name, name]);
    return [
      this.choice("voice", "All speakers", voices.length > 1 ? voices : []),
      this.choice("below", "Any confidence", low.map((most) => [String(most), `Confidence below ${most}`])),
      this.choice("sentiment", "Any sentiment", named(data.sentiments)),
      this.choice("topic", "Any topic", named(data.topics)),
    ].filter(Boolean);
  }

  choice(name, all, options) {
    if (!options.length) return null;
    const select = make("select");
    select.setAttribute("aria-label", { voice: "Speaker", below: "Confidence" }[name] ?? name[0].toUpperCase() + name.slice(1));
    select.append(...[["", all], ...options].map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => {
      this.filter[name] = select.value;
      this.sift();
    });
    return select;
  }

  listen() {
    const { signal } = this.life;
    const on = (target, names, act) => names.split(" ").forEach((name) => target?.addEventListener(name, act, { signal }));
    on(this.query, "input", () => this.search());
    on(this.back, "click", () => this.step(-1));
    on(this.on, "click", () => this.step(1));
    on(this.root, "keydown", (event) => this.key(event));
    on(this.place, "click", (event) => this.click(event));
    on(this.place, "wheel touchmove", () => (this.follows = false));
    on(this.sound, "click", (event) => this.jump(event));
    on(this.audio, "play", () => this.run());
    on(this.audio, "seeked timeupdate pause", () => this.draw());
    // A notebook tells nobody when an output is gone, and takes it out of the page while it is out of sight:
    // the page must not keep a player that nothing else keeps.
    const self = new WeakRef(this);
    const life = new AbortController();
    signal.addEventListener("abort", () => life.abort());
    const selected = () => (self.deref() ? self.deref().selected() : life.abort());
    document.addEventListener("selectionchange", selected, { signal: life.signal });
  }

  close() {
    this.life.abort();
    this.watch?.disconnect();
    cancelAnimationFrame(this.frame);
    this.marks.clear();
  }

  // The word that is spoken

  run() {
    this.follows = true;
    cancelAnimationFrame(this.frame);
    const beat = () => {
      this.draw();
      if (!this.audio.paused) this.frame = requestAnimationFrame(beat);
    };
    beat();
  }

  draw() {
    const time = this.audio.currentTime;
    if (this.head) this.head.style.left = `${(100 * time) / (this.length || 1)}%`;
    const { starts, begins } = this.words;
    const stays = this.audio.paused && this.cursor >= 0 && Math.abs(starts[this.cursor] - time) < 2 * SLACK;
    if (stays || (this.audio.paused && time === 0 && begins[0] > 0)) return;
    this.mark(wordAt(this.words, time + SLACK));
  }

  get length() {
    return this.data.duration || (Number.isFinite(this.audio?.duration) ? this.audio.duration : 0);
  }

  mark(i) {
    if (i === this.cursor) return;
    this.cursor = i;
    this.marks.set(NOW, i < 0 ? [] : [this.spot(i)]);
    if (i >= 0 && this.follows) this.reveal(...this.spot(i));
  }

  // A word as paragraph and offsets.
  spot(i) {
    const from = this.words.at[i];
    return [this.paragraphs[paragraphOf(this.words, i)], from, from + this.words.letters[i]];
  }

  // Scroll to a place when it is not in sight; the page around does not move.
  reveal(p, from, to) {
    if (p.hidden) return;
    const range = document.createRange();
    range.setStart(...placeIn(p, from));
    range.setEnd(...placeIn(p, to));
    const [at, box] = [range.getBoundingClientRect(), this.place.getBoundingClientRect()];
    if (at.top < box.top || at.bottom > box.bottom) this.place.scrollTop += at.top - box.top - box.height / 3;
  }

  // Go to a word; the sound goes there too.
  go(i, plays = false) {
    if (i < 0 || i >= this.words.size) return;
    this.follows = true;
    this.mark(i);
    if (!this.audio) return;
    this.audio.currentTime = this.words.starts[i];
    if (plays) this.audio.play().catch(() => {});
  }

  jump(event) {
    const box = this.sound.getBoundingClientRect();
    if (!this.audio) return;
    this.follows = true;
    this.audio.currentTime = ((event.clientX - box.left) / box.width) * this.length;
  }

  click(event) {
    this.place.focus({ preventScroll: true });
    const p = event.target.closest?.("p");
    if (!getSelection().isCollapsed || !this.number.has(p)) return;
    const caret = caretAt(event.clientX, event.clientY);
    if (!caret || !p.contains(caret[0])) return;
    this.anchor = -1;
    this.choose(-1, -1);
    this.go(wordIn(this.words, this.number.get(p), offsetIn(p, ...caret)), true);
  }

  // Keys

  key(event) {
    const act = this.action(event);
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  }

  action({ key, shiftKey, ctrlKey, metaKey, altKey, target }) {
    if (ctrlKey || metaKey || altKey) return null;
    if (target === this.query) return { Enter: () => this.step(shiftKey ? -1 : 1), Escape: () => this.reset() }[key];
    if (target !== this.place && target !== this.root) return key === "Escape" ? () => this.reset() : null;
    return {
      " ": () => this.toggle(),
      Enter: () => this.go(Math.max(this.cursor, 0), true),
      ArrowRight: () => this.move(1, shiftKey),
      ArrowLeft: () => this.move(-1, shiftKey),
      ArrowDown: () => this.go(this.beside(1)),
      ArrowUp: () => this.go(this.beside(-1)),
      "/": () => this.query.focus(),
      Escape: () => this.reset(),
    }[key];
  }

  toggle() {
    if (!this.audio) return;
    if (this.audio.paused) this.audio.play().catch(() => {});
    else this.audio.pause();
  }

  // The next word that is shown; with Shift the selection grows to it.
  move(step, extends_) {
    let i = this.cursor + step;
    while (i >= 0 && i < this.words.size && this.spot(i)[0].hidden) i += step;
    if (i < 0 || i >= this.words.size) return;
    if (extends_ && this.anchor < 0) this.anchor = Math.max(this.cursor, 0);
    this.go(i);
    if (!extends_) return this.drop();
    const [first, last] = [Math.min(this.anchor, i), Math.max(this.anchor, i)];
    const [[p, from], [q, , to]] = [this.spot(first), this.spot(last)];
    getSelection().setBaseAndExtent(...placeIn(p, from), ...placeIn(q, to));
  }

  // The first word of the paragraph before or after that is shown.
  beside(step) {
    let p = this.cursor < 0 ? -1 : paragraphOf(this.words, this.cursor);
    do p += step;
    while (this.paragraphs[p] && (this.paragraphs[p].hidden || this.words.firsts[p] === this.words.firsts[p + 1]));
    return this.paragraphs[p] ? this.words.firsts[p] : -1;
  }

  // Nothing searched for, chosen or selected.
  reset() {
    this.root.querySelectorAll("select").forEach((select) => (select.value = ""));
    this.query.value = "";
    this.filter = {};
    this.drop();
    this.sift();
    this.place.focus({ preventScroll: true });
  }

  drop() {
    this.anchor = -1;
    if (this.place.contains(getSelection().anchorNode)) getSelection().removeAllRanges();
    this.choose(-1, -1);
  }

  // Search and filters

  sift() {
    const { words, data } = this;
    this.mask = chosen(words, data, this.filter);
    this.paragraphs.forEach((p, i) => {
      p.hidden = Boolean(this.mask) && !this.mask.subarray(words.firsts[i], words.firsts[i + 1]).includes(1);
    });
    const left = this.mask ? this.mask.reduce((sum, one) => sum + one, 0) : 0;
    this.said.textContent = this.mask ? `${left.toLocaleString("en")} of ${words.size.toLocaleString("en")} words` : "";
    this.search();
  }

  search() {
    this.texts ??= this.paragraphs.map((p) => folded(p.textContent));
    const all = find(this.texts, this.query.value);
    this.hits = [];
    for (let k = 0; k < all.length; k += 2) {
      const i = wordIn(this.words, all[k], all[k + 1]);
      if (!this.mask || (i >= 0 && this.mask[i])) this.hits.push([all[k], all[k + 1], i]);
    }
    this.back.disabled = this.on.disabled = !this.hits.length;
    this.hit = -1;
    this.tellHits();
    this.repaint();
  }

  tellHits() {
    const many = this.hits.length.toLocaleString("en");
    if (!this.query.value.trim()) this.count.textContent = "";
    else if (this.hit < 0) this.count.textContent = `${many} ${this.hits.length === 1 ? "hit" : "hits"}`;
    else this.count.textContent = `${(this.hit + 1).toLocaleString("en")} of ${many}`;
  }

  // To the next hit, from the word that is marked on at first, and around.
  step(by) {
    const many = this.hits.length;
    if (!many) return;
    const next = this.hits.findIndex(([, , i]) => i >= this.cursor);
    const first = by > 0 ? next : (next < 0 ? many : next) - 1;
    this.hit = ((this.hit < 0 ? (first < 0 && by > 0 ? 0 : first) : this.hit + by) + many) % many;
    const [p, from, i] = this.hits[this.hit];
    this.tellHits();
    if (!this.audio || this.audio.paused) this.go(i);
    this.follows = false;
    this.reveal(this.paragraphs[p], from, from + folded(this.query.value.trim()).length);
    this.repaint();
  }

  // Marks are made only where they are seen.
  repaint() {
    const any = this.hits.length || (this.mask && this.filtersWords);
    if (any && !this.watch) {
      this.watch = new IntersectionObserver((entries) => this.seen(entries), { root: this.place, rootMargin: "200px" });
      this.paragraphs.forEach((p) => this.watch.observe(p));
    }
    this.paint();
  }

  get filtersWords() {
    return Boolean(this.filter.below || this.filter.sentiment || this.filter.topic);
  }

  seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.near.add(this.number.get(target));
      else this.near.delete(this.number.get(target));
    }
    this.paint();
  }

  paint() {
    const size = folded(this.query.value.trim()).length;
    const here = this.hits.filter(([p]) => this.near.has(p));
    const place = ([p, from]) => [this.paragraphs[p], from, from + size];
    this.marks.set(HITS, here.map(place));
    this.marks.set(FOUND, this.hit < 0 ? [] : [place(this.hits[this.hit])]);
    const kept = this.mask && this.filtersWords ? [...this.near] : [];
    this.marks.set(KEPT, kept.flatMap((p) => runs(this.words, p, this.mask).map(([from, to]) => [this.paragraphs[p], from, to])));
  }

  // Selection: it stays when something outside is selected

  selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    if (!this.place.contains(range.startContainer) || !this.place.contains(range.endContainer)) return;
    this.choose(this.edge(range.startContainer, range.startOffset, false), this.edge(range.endContainer, range.endOffset, true));
  }

  // The first or last word that a selection touches.
  edge(node, offset, isEnd) {
    const { words } = this;
    const p = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("p");
    if (!p) {
      const child = offset - (isEnd ? 1 : 0);
      return isEnd ? words.firsts[child + 1] - 1 : words.firsts[child];
    }
    const [number, at] = [this.number.get(p), offsetIn(p, node, offset)];
    if (isEnd && at === 0) return words.firsts[number] - 1;
    const i = wordIn(words, number, isEnd ? at - 1 : at);
    return !isEnd && i >= 0 && at >= words.at[i] + words.letters[i] && p.textContent.length > at ? i + 1 : i;
  }

  choose(first, last) {
    const found = first < 0 || last < first ? [] : parts(this.words, first, last, (p) => !this.paragraphs[p].hidden);
    const key = JSON.stringify(found);
    if (key === (this.told ?? "[]")) return;
    this.told = key;
    const many = found.reduce((sum, [a, b]) => sum + b - a + 1, 0);
    const [start, end] = many ? [this.words.starts[found[0][0]], this.words.ends[found.at(-1)[1]]] : [0, 0];
    const told = `${many.toLocaleString("en")} ${many === 1 ? "word" : "words"}, ${start.toFixed(2)} to ${end.toFixed(2)} s`;
    this.said.textContent = many ? told : "";
    this.tell(found);
  }
}

// Without script the name and time of a paragraph are a link; here they are drawn beside it.
function label(p) {
  const link = p.firstElementChild;
  if (link) {
    p.dataset.label = link.textContent.trim();
    link.remove();
  }
  if (!p.firstChild) p.append("");
}

// Make a player of the transcript in an element; returns how to end it.
export function mount(root, options = {}) {
  if (root.dataset.ready) return () => {};
  root.dataset.ready = "true";
  forget();
  const player = new Player(root, options);
  return () => player.close();
}
