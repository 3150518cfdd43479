/** Joint states of a dense layer's outputs under uniform noise on all inputs, counted: the block sampler's samples. */
import { type Cuts, OUTSIDE } from "../../information/bins.ts";
import type { StreamKey } from "../../information/random.ts";
import { StateKey } from "../../information/state-key.ts";
import { type StateList, StateTable } from "../../information/state-table.ts";
import type { UnitLayer } from "../layer.ts";
import { PlainBlockSampler } from "./block-sampler.ts";

export interface OutputCounterSpec extends UnitLayer {
  /** Cuts that drop what the layer's own clamp, where any do. */
  readonly beyond?: Cuts;
  /** A number for each bin of each output, `[outputs, bins]`; their sum over a state's bins is kept with the state. */
  readonly surprisal: Float64Array;
}

export interface OutputCounter {
  /** Counts the samples `from` … `to` − 1 of a block, both multiples of `PART`; a sample with an output outside its bins has no state. */
  draw(key: StreamKey, block: number, from: number, to: number): void;
  /** Adds what another counted of later samples. */
  merge(list: StateList, inside: number): void;
  /** Samples with every output inside the output range, clamped or not. */
  readonly inside: number;
  /** The states and their counts, as views that the next call may detach. */
  list(): StateList;
  /** Nothing of it may be used afterwards. */
  free(): void;
}

export class PlainOutputCounter implements OutputCounter {
  inside = 0;
  readonly #spec: OutputCounterSpec;
  readonly #samples: PlainBlockSampler;
  readonly #beyond: PlainBlockSampler | undefined;
  readonly #key: StateKey;
  readonly #state: Int32Array;
  readonly #table = new StateTable();

  constructor(spec: OutputCounterSpec) {
    this.#spec = spec;
    this.#samples = new PlainBlockSampler({ ...spec, inputBins: 1 });
    this.#beyond = spec.beyond && new PlainBlockSampler({ ...spec, inputBins: 1, cuts: spec.beyond });
    this.#key = new StateKey(new Float64Array(spec.outputs).fill(spec.cuts.count));
    this.#state = new Int32Array(spec.outputs);
  }

  draw(key: StreamKey, block: number, from: number, to: number): void {
    this.#samples.draw(key, block, to);
    this.#beyond?.draw(key, block, to);
    for (let s = from; s < to; s++) this.#count(s);
  }

  #count(s: number): void {
    const { outputs, cuts, surprisal } = this.#spec;
    let sum = 0;
    let isBeyond = false;
    for (let j = 0; j < outputs; j++) {
      const bin = this.#samples.output(j)[s]!;
      if (bin === OUTSIDE) return;
      if (this.#beyond?.output(j)[s] === OUTSIDE) isBeyond = true;
      this.#state[j] = bin;
      sum += surprisal[j * cuts.count + bin]!;
    }
    if (!isBeyond) this.inside++;
    this.#key.set(this.#state, 0);
    this.#table.add(this.#key.low, this.#key.high, sum);
  }

  merge(list: StateList, inside: number): void {
    this.#table.merge(list);
    this.inside += inside;
  }

  list(): StateList {
    return this.#table.list();
  }

  free(): void {}
}
