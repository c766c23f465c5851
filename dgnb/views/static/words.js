// The words of a transcript as columns of numbers: what is spoken when, what is found, what is chosen.
const UNKNOWN = 255;
export const SCALE = 200;

// Plain loops here and below: of a hundred thousand words callbacks take a tenth of a second.
export function bytes(text) {
  const letters = atob(text);
  const found = new Uint8Array(letters.length);
  for (let i = 0; i < found.length; i++) found[i] = letters.charCodeAt(i);
  return found;
}

// Whole numbers in seven bits a byte, the lowest first.
export function varints(data) {
  const found = new Float64Array(data.length);
  let size = 0;
  let scale = 1;
  for (let i = 0; i < data.length; i++) {
    found[size] += (data[i] & 127) * scale;
    scale *= 128;
    if (data[i] < 128) {
      size++;
      scale = 1;
    }
  }
  return found.subarray(0, size);
}

// The words: times [s], confidences, and where in the text of which paragraph they are.
export function unpack(data) {
  const steps = varints(bytes(data.starts));
  const lengths = varints(bytes(data.lengths));
  const letters = varints(bytes(data.letters));
  const size = steps.length;
  const words = { size, letters, confidences: bytes(data.confidences) };
  words.starts = new Float64Array(size);
  words.ends = new Float64Array(size);
  words.at = new Uint32Array(size);
  words.firsts = new Uint32Array(data.paragraphs.length + 1);
  let time = 0;
  for (let i = 0; i < size; i++) {
    time += steps[i] % 2 ? -(steps[i] + 1) / 2 : steps[i] / 2;
    words.starts[i] = time / 1000;
    words.ends[i] = (time + lengths[i]) / 1000;
  }
  data.paragraphs.forEach(([, count, gap], p) => {
    const first = words.firsts[p];
    words.firsts[p + 1] = first + count;
    for (let i = first, at = 0; i < first + count; i++) {
      words.at[i] = at;
      at += letters[i] + gap;
    }
  });
  return Object.assign(words, inTime(words));
}

// Words in the order of time: when they begin, and until when one of them or of those before lasts.
function inTime({ starts, ends, size }) {
  const order = new Uint32Array(size);
  let isSorted = true;
  for (let i = 0; i < size; i++) {
    order[i] = i;
    isSorted &&= !i || starts[i - 1] <= starts[i];
  }
  if (!isSorted) order.sort((a, b) => starts[a] - starts[b] || a - b);
  const begins = new Float64Array(size);
  const reach = new Float64Array(size);
  for (let k = 0, last = 0; k < size; k++) {
    begins[k] = starts[order[k]];
    reach[k] = last = Math.max(last, ends[order[k]]);
  }
  return { order, begins, reach };
}

// How many of sorted numbers are not above a value.
export function upTo(sorted, value, count = sorted.length) {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The word that is spoken: of those at this time the one that began last, in a pause the last one; -1 before all.
export function wordAt(words, time) {
  const last = upTo(words.begins, time) - 1;
  for (let i = last; i >= 0 && words.reach[i] > time; i--) {
    if (words.ends[words.order[i]] > time) return words.order[i];
  }
  return last < 0 ? -1 : words.order[last];
}

// The paragraph of a word.
export function paragraphOf(words, i) {
  return upTo(words.firsts, i) - 1;
}

// The word at a place in a paragraph's text; -1 in one without words.
export function wordIn(words, p, offset) {
  const [first, end] = [words.firsts[p], words.firsts[p + 1]];
  if (first === end) return -1;
  return Math.max(first + upTo(words.at.subarray(first, end), offset) - 1, first);
}

// ---- Search and filters

// A text in which capitals do not count, of the same length.
export function folded(text) {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text].map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join("");
}

// All places of a text in paragraphs: [paragraph, offset, paragraph, offset, ...].
export function find(texts, wanted) {
  const query = folded(wanted.trim());
  const found = [];
  if (!query) return found;
  texts.forEach((text, p) => {
    for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) found.push(p, at);
  });
  return found;
}

// Which words are chosen: 1 or 0 each; null when all are.
export function chosen(words, data, { voice = "", below = "", sentiment = "", topic = "" }) {
  if (voice === "" && below === "" && sentiment === "" && topic === "") return null;
  const mask = new Uint8Array(words.size).fill(1);
  if (voice !== "") {
    data.paragraphs.forEach(([who], p) => {
      if (who !== Number(voice)) mask.fill(0, words.firsts[p], words.firsts[p + 1]);
    });
  }
  if (below !== "") {
    const most = Math.round(Number(below) * SCALE);
    words.confidences.forEach((sure, i) => {
      if (sure === UNKNOWN || sure >= most) mask[i] = 0;
    });
  }
  if (sentiment !== "") within(mask, data.sentiments[sentiment] ?? []);
  if (topic !== "") within(mask, data.topics[topic] ?? []);
  return mask;
}

// Leave out what lies outside of spans [first, last], which are in order.
function within(mask, spans) {
  let done = 0;
  for (const [first, last] of spans) {
    mask.fill(0, done, first);
    done = last + 1;
  }
  mask.fill(0, done);
}

// Runs of chosen words from first to last, in each paragraph: [from, to], offsets in its text.
export function runs(words, p, mask) {
  const found = [];
  for (let i = words.firsts[p]; i < words.firsts[p + 1]; i++) {
    if (!mask[i]) continue;
    const first = i;
    while (i + 1 < words.firsts[p + 1] && mask[i + 1]) i++;
    found.push([words.at[first], words.at[i] + words.letters[i]]);
  }
  return found;
}

// A selection from one word to another without the paragraphs that are not shown: [[first, last], ...].
export function parts(words, first, last, isShown) {
  const found = [];
  for (let p = paragraphOf(words, first); p <= paragraphOf(words, last); p++) {
    const from = Math.max(first, words.firsts[p]);
    const to = Math.min(last, words.firsts[p + 1] - 1);
    if (from > to || !isShown(p)) continue;
    if (found.length && found.at(-1)[1] === from - 1) found.at(-1)[1] = to;
    else found.push([from, to]);
  }
  return found;
}
