import { workletSource } from "./sound.js";

// Why there is no microphone: the browser's error and what the page tells of itself.
export function reason(error, { secure, media, allowed, host }) {
  if (!secure) return "insecure";
  if (!media || !allowed) return "blocked";
  const names = {
    NotAllowedError: host ? "denied" : "blocked",
    SecurityError: "blocked",
    NotFoundError: "none",
    OverconstrainedError: "none",
    NotReadableError: "busy",
    WorkletError: "worklet",
    SilentError: "silent",
  };
  return names[error?.name] ?? "other";
}

// What the page tells of itself.
export const facts = () => ({
  secure: globalThis.isSecureContext,
  media: Boolean(navigator.mediaDevices?.getUserMedia),
  allowed: document.featurePolicy?.allowsFeature?.("microphone") ?? true,
  // VS Code and its relatives show outputs in a page without a host, and never allow the microphone there.
  host: location.protocol.startsWith("http") ? location.hostname : "",
});

const wish = (echo, device) => ({
  audio: {
    channelCount: 1,
    echoCancellation: echo,
    noiseSuppression: false,
    autoGainControl: false,
    ...(device && { deviceId: { exact: device } }),
  },
});

// A context at the rate that is wanted; at the browser's own where it refuses that for a microphone.
function graph(stream, rate) {
  let refused;
  for (const options of [{ sampleRate: rate }, {}]) {
    let context;
    try {
      context = new AudioContext(options);
      return { context, source: context.createMediaStreamSource(stream) };
    } catch (error) {
      context?.close();
      refused = error;
    }
  }
  throw refused;
}

async function load(context) {
  const source = workletSource();
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const data = `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`;
  try {
    // A policy of the page may forbid one and allow the other.
    await context.audioWorklet.addModule(blob).catch(() => context.audioWorklet.addModule(data));
  } catch (error) {
    throw Object.assign(new Error(error.message), { name: "WorkletError" });
  } finally {
    URL.revokeObjectURL(blob);
  }
}

// How long the browser may take to begin with audio [ms].
const PATIENCE = 5000;

// Firefox runs no audio where there is no output for it, and tells nobody.
async function run(context) {
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, PATIENCE))]);
  if (context.state !== "running") throw Object.assign(new Error("no audio runs"), { name: "SilentError" });
}

// A microphone that records; `heard` gets the messages of the audio thread, `vanished` is called at most once.
export async function capture({ rate, echo, device, heard, vanished }) {
  let stream = await navigator.mediaDevices.getUserMedia(wish(echo, device));
  let context;
  let source;
  try {
    ({ context, source } = graph(stream, rate));
    await load(context);
    await run(context);
  } catch (error) {
    stream.getTracks().forEach((track) => track.stop());
    context?.close();
    throw error;
  }
  const size = Math.round(0.08 * rate);
  const node = new AudioWorkletNode(context, "dgnb-capture", {
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { rate, size },
  });
  node.port.onmessage = ({ data }) => heard(data);
  const mute = new GainNode(context, { gain: 0 });
  source.connect(node).connect(mute).connect(context.destination); // some browsers run only what leads there
  const follow = () => stream.getAudioTracks()[0].addEventListener("ended", vanished, { once: true });
  follow();
  return {
    device: () => stream.getAudioTracks()[0]?.getSettings().deviceId ?? "",
    turn: (state) => node.port.postMessage(state),
    async change(other) {
      const next = await navigator.mediaDevices.getUserMedia(wish(echo, other));
      const from = context.createMediaStreamSource(next);
      source.disconnect();
      stream.getTracks().forEach((track) => track.stop());
      [stream, source] = [next, from];
      source.connect(node);
      follow();
    },
    release() {
      stream.getTracks().forEach((track) => track.stop());
      if (context.state !== "closed") context.close();
    },
  };
}
