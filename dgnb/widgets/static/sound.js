// What happens to sound in the browser's audio thread.

// Sound at another rate: a windowed sinc, for pieces of any size. It also runs in the audio thread.
export class Resampler {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.half = Math.ceil(32 * Math.max(1, from / to));
    this.phases = 64;
    this.rows = Array.from({ length: this.phases + 1 }, (_, phase) => this.row(phase / this.phases));
    this.held = new Float32Array(this.half);
    // The place of the next sample among those held, whole and in parts of `to`: exact for hours.
    this.whole = this.half;
    this.part = 0;
  }

  // The taps for a place so far after a sample; together they let a constant through unchanged.
  row(offset) {
    const cut = 0.92 * Math.min(1, this.to / this.from);
    const sinc = (x) => (x ? Math.sin(Math.PI * x) / (Math.PI * x) : 1);
    const taps = Float64Array.from({ length: 2 * this.half }, (_, tap) => {
      const distance = tap - this.half + 1 - offset;
      return sinc(cut * distance) * this.window(distance / this.half);
    });
    const sum = taps.reduce((all, tap) => all + tap, 0);
    return taps.map((tap) => tap / sum);
  }

  // Kaiser's window, whose side lobes are 90 dB down.
  window(x) {
    if (Math.abs(x) >= 1) return 0;
    const bessel = (y) => {
      let [sum, term] = [1, 1];
      for (let k = 1; term > 1e-9 * sum; k += 1) sum += term *= (y / (2 * k)) ** 2;
      return sum;
    };
    return bessel(9 * Math.sqrt(1 - x * x)) / bessel(9);
  }

  put(samples) {
    const all = new Float32Array(this.held.length + samples.length);
    all.set(this.held);
    all.set(samples, this.held.length);
    const found = [];
    for (; this.whole + this.half < all.length; this.advance()) found.push(this.value(all));
    const done = Math.min(this.whole - this.half, all.length);
    this.held = all.slice(done);
    this.whole -= done;
    return found;
  }

  advance() {
    const part = this.part + this.from;
    this.whole += Math.floor(part / this.to);
    this.part = part % this.to;
  }

  value(all) {
    const phase = (this.part / this.to) * this.phases;
    const below = Math.floor(phase);
    const [row, next, share] = [this.rows[below], this.rows[below + 1], phase - below];
    let sum = 0;
    for (let tap = 0, place = this.whole - this.half + 1; tap < 2 * this.half; tap += 1, place += 1) {
      sum += all[place] * (row[tap] + share * (next[tap] - row[tap]));
    }
    return sum;
  }

  // What is still on its way through the filter.
  end() {
    return this.put(new Float32Array(this.half));
  }
}

// Samples in numbered frames of 16 bits, which are never empty: an empty message would end a connection.
export class Framer {
  constructor(size, give) {
    this.size = size;
    this.give = give;
    this.count = 0;
    this.begin();
  }

  begin() {
    this.pcm = new Int16Array(this.size);
    this.filled = 0;
    this.peak = 0;
  }

  put(samples) {
    for (const sample of samples) {
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.pcm[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.filled += 1;
      if (this.filled === this.size) this.flush();
    }
  }

  flush() {
    if (!this.filled) return;
    const { filled, peak } = this;
    const pcm = filled === this.size ? this.pcm.buffer : this.pcm.slice(0, filled).buffer;
    this.begin();
    this.give({ seq: this.count, pcm, peak });
    this.count += 1;
  }
}

// What the audio thread does; its source is all that it knows, and so it uses nothing else of this module.
export function install() {
  class Capture extends AudioWorkletProcessor {
    constructor({ processorOptions: { rate, size } }) {
      super();
      this.framer = new Framer(size, (frame) => this.port.postMessage(frame, [frame.pcm]));
      this.resampler = rate === sampleRate ? null : new Resampler(sampleRate, rate);
      this.state = "on";
      this.quiet = 0;
      this.port.onmessage = ({ data }) => this.turn(data);
    }

    turn(state) {
      if (this.state === "off") return;
      this.state = state;
      if (state === "off" && this.resampler) this.framer.put(this.resampler.end());
      if (state !== "on") this.framer.flush();
      if (state === "off") this.port.postMessage({ count: this.framer.count });
    }

    process([[samples]]) {
      if (this.state === "off") return false;
      if (samples && this.state === "on") {
        this.framer.put(this.resampler ? this.resampler.put(samples) : samples);
      } else if (this.state === "paused" && (this.quiet += 128) > 2 * sampleRate) {
        this.quiet = 0;
        this.port.postMessage({ beat: true });
      }
      return true;
    }
  }
  registerProcessor("dgnb-capture", Capture);
}

export const workletSource = () => `${Resampler}\n${Framer}\n(${install})();`;
