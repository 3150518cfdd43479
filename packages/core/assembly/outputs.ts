// Joint states of a layer's outputs under uniform noise on all inputs, counted.
import { Cuts, eight, Layer, PART, partNoise, segment } from "./layer";
import { Stream } from "./philox";
import { addState, States } from "./states";

@unmanaged
class Outputs {
  layer: Layer;
  states: States;
  /** At the block that is counted. */
  stream: Stream;
  /** Cuts that tell what lies outside the output range, where the layer's own clamp; 0 where these do. */
  beyond: usize;
  /** Noise, `[inputs, PART]`, and room for eight pre-activations. */
  noise: usize;
  z: usize;
  /** −log2 p of each output's bin, `[outputs, bins]`. */
  surprisal: usize;
  bins: i32;
  /** Outputs before this one make the low word, the others the high one, in mixed radix; −1 where states are hashed. */
  split: i32;
  /** Samples with every output inside the output range. */
  inside: i32;
  /** Of PART samples: the words of their states, Σ_j −log2 p_j, and what lies outside: 1 the cuts, 2 the range. */
  low: usize;
  high: usize;
  sums: usize;
  flags: usize;
}

/** Counts the samples `from` … `to` − 1 of a block, both multiples of PART. */
export function countOutputs(
  job: usize,
  from: i32,
  to: i32,
): void {
  const outputs = changetype<Outputs>(job);
  const layer = outputs.layer;
  for (let part = from; part < to; part += PART) {
    partNoise(outputs.stream, part, layer.inputs, outputs.noise);
    memory.fill(outputs.low, 0, PART * 4);
    for (let s: usize = 0; s < <usize>PART; s++) store<u32>(outputs.high + (s << 2), outputs.split < 0 ? 0x2f0b4c47 : 0);
    memory.fill(outputs.sums, 0, PART * 8);
    memory.fill(outputs.flags, 0, PART * 4);
    for (let j = 0; j < layer.outputs; j++) addOutput(outputs, layer, j);
    for (let s: usize = 0; s < <usize>PART; s++) {
      const flags = load<i32>(outputs.flags + (s << 2));
      if (flags & 1) continue;
      if (flags == 0) outputs.inside += 1;
      addState(
        outputs.states,
        load<i32>(outputs.low + (s << 2)),
        load<i32>(outputs.high + (s << 2)),
        load<f64>(outputs.sums + (s << 3)),
        1,
      );
    }
  }
}

/** Takes the bins of output j into the states of PART samples. */
function addOutput(outputs: Outputs, layer: Layer, j: i32): void {
  const inputs = layer.inputs;
  const cuts = layer.cuts;
  const row = layer.weights + (<usize>(j * inputs) << 3);
  const base = load<f64>(layer.base + (<usize>j << 3));
  const surprisal = outputs.surprisal + (<usize>(j * outputs.bins) << 3);
  for (let s: usize = 0; s < <usize>PART; s += 8) {
    eight(row, base, inputs, outputs.noise + (s << 3), PART * 8, outputs.z);
    for (let k: usize = 0; k < 8; k++) {
      const z = load<f64>(outputs.z + (k << 3));
      const bin = load<i32>(cuts.bins + (<usize>segment(cuts, z) << 2));
      const flags = outputs.flags + ((s + k) << 2);
      if (bin < 0) {
        store<i32>(flags, 3);
        continue;
      }
      if (outputs.beyond != 0) {
        const beyond = changetype<Cuts>(outputs.beyond);
        if (load<i32>(beyond.bins + (<usize>segment(beyond, z) << 2)) < 0) store<i32>(flags, load<i32>(flags) | 2);
      }
      const low = outputs.low + ((s + k) << 2);
      const high = outputs.high + ((s + k) << 2);
      if (outputs.split < 0) {
        // MurmurHash3's rounds with two sets of its constants.
        store<u32>(low, rotl<u32>(load<u32>(low) ^ rotl<u32>((bin + 1) * 0xcc9e2d51, 15) * 0x1b873593, 13) * 5 + 0xe6546b64);
        store<u32>(high, rotl<u32>(load<u32>(high) ^ rotl<u32>((bin + 1) * 0x239b961b, 16) * 0x38b34ae5, 17) * 5 + 0x0bcaa747);
      } else {
        const word = j < outputs.split ? low : high;
        store<u32>(word, load<u32>(word) * outputs.bins + bin);
      }
      const sum = outputs.sums + ((s + k) << 3);
      store<f64>(sum, load<f64>(sum) + load<f64>(surprisal + (<usize>bin << 3)));
    }
  }
}
