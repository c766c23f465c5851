// Between the kernel and the sound: samples come as messages, and how they sound is told.
import { Playback, samplesOf } from "./playback.js";

const REPEAT = 500; // until the kernel is asked again [ms]

// What the kernel's messages do.
function heed(playback, page, send, settled) {
  const audio = (start, buffers) => {
    const samples = buffers.map(samplesOf);
    const whole = samples.every((each) => {
      const put = playback.put(start, each);
      start += each.length;
      return put;
    });
    if (!whole) ask();
  };
  const ask = () => {
    send({ kind: "ready", page, size: playback.tape.size });
    clearTimeout(asking);
    // The first message of a page may wait in the kernel until a cell is done.
    if (!known) asking = setTimeout(ask, REPEAT);
  };
  let asking;
  let known = false;
  const messages = {
    snapshot({ to, start, stretches = [], time, late }, buffers) {
      if (to !== page) return;
      // Another page plays it, or has.
      if (!known && late) playback.pause();
      playback.stretches = stretches;
      audio(start, buffers);
      if (!known && late) playback.seek(time);
      known = true;
      clearTimeout(asking);
      settled();
    },
    audio({ start }, buffers) {
      if (known) audio(start, buffers);
    },
    text({ index, text, start, end, cut }) {
      if (!known) return;
      const stretch = (playback.stretches[index] ??= { text: "" });
      Object.assign(stretch, { start, end, cut, text: stretch.text + text });
      playback.tell();
    },
    play: () => playback.play(),
    pause: () => playback.pause(),
    stop: () => playback.stop(),
    edge: ({ at }) => playback.edge(at),
    seek: ({ time }) => playback.seek(time),
  };
  return {
    ask,
    take: (content, buffers) => messages[content.kind]?.(content, buffers ?? []),
    known: () => known,
    close: () => clearTimeout(asking),
  };
}

// Tells the kernel how it stands: at each change, and four times a second while it sounds.
function reporter(send) {
  let last = "";
  let heard = null;
  return (playback) => {
    const report = { kind: "report", state: playback.state, time: playback.time };
    const key = JSON.stringify([report.state, Math.round(report.time * 4)]);
    if (key !== last) send(report);
    last = key;
    if (playback.heard !== heard) send({ kind: "sound", ...playback.heard });
    heard = playback.heard;
  };
}

// The sound of a session that a page plays; `over()` tells whether nothing more will come.
export function sounding(model, rate, over) {
  const send = (content) => model.send(content);
  const playback = new Playback(rate, () => new AudioContext({ sampleRate: rate, latencyHint: "interactive" }));
  playback.stretches = [];
  const settle = () => {
    if (kernel.known() && over()) playback.end();
    playback.tell();
  };
  const kernel = heed(playback, Math.random().toString(36).slice(2), send, settle);
  playback.listeners.add(reporter(send));
  model.on("msg:custom", kernel.take);
  kernel.ask();
  const close = () => {
    kernel.close();
    model.off("msg:custom", kernel.take);
    playback.close();
  };
  return { playback, send, settle, close };
}
