import recorder from "./recorder.js";

const NUMBER = 4;

// A frame as it is sent: its number, and the audio.
export function packed(seq, pcm) {
  const frame = new Uint8Array(NUMBER + pcm.byteLength);
  new DataView(frame.buffer).setUint32(0, seq, true);
  frame.set(new Uint8Array(pcm), NUMBER);
  return frame;
}

// What a notebook gives a widget, over a WebSocket.
export class Model {
  constructor(socket) {
    Object.assign(this, { socket, values: {}, listeners: new Map() });
  }

  get(name) {
    return this.values[name];
  }

  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listener);
  }

  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event, content) {
    this.listeners.get(event)?.forEach((listener) => listener(content));
  }

  send(content, _callbacks, buffers = []) {
    if (this.socket.readyState !== 1) return;
    this.socket.send(buffers.length ? packed(content.seq, buffers[0]) : JSON.stringify(content));
  }

  hear(content) {
    if (!content.set) return this.emit("msg:custom", content);
    Object.assign(this.values, content.set);
    Object.keys(content.set).forEach((name) => this.emit(`change:${name}`));
  }
}

function open(place) {
  const socket = new WebSocket(`ws://${location.host}${location.pathname}/audio`);
  const model = new Model(socket);
  const widget = recorder();
  let shown = false;
  let close = () => {};
  socket.addEventListener("message", ({ data }) => {
    model.hear(JSON.parse(data));
    if (shown) return;
    shown = true;
    close = widget.initialize({ model });
    widget.render({ model, el: place });
  });
  socket.addEventListener("close", () => {
    close();
    const over = model.get("state") === "ended";
    const said = over ? model.get("said") : "The notebook cannot be reached any more.";
    model.hear({ set: { state: "ended", said } });
    if (!shown) place.textContent = "This address was used before. Press Record in the notebook again.";
  });
}

const place = globalThis.document?.getElementById("widget");
if (place) open(place);
