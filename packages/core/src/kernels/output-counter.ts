/** Joint states of a dense layer's outputs, counted; compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { StateKey } from "../information/state-key.ts";
import type { StateList } from "../information/state-table.ts";
import { NOISE_BLOCK, PART } from "./blocks.ts";
import { putCuts, putFields, putLayer, STREAM_BYTES, setStream } from "./layer.ts";
import { kernelPath } from "./path.ts";
import type { OutputCounter, OutputCounterSpec } from "./typescript/output-counter.ts";
import { acquire, type Instance, type KernelExports, release } from "./wasm-instance.ts";

const FIRST = 1 << 13;
// Fields of a table of states, and of the job, that are read or changed here.
const [SIZE, MASK, LOW, HIGH, COUNTS, VALUES, SLOTS] = [0, 1, 2, 3, 4, 5, 6];
const INSIDE = 9;

/** Compiled where it can be; undefined elsewhere. */
export function compiledOutputCounter(spec: OutputCounterSpec): OutputCounter | undefined {
  return kernelPath() === "wasm" ? new CompiledOutputCounter(spec) : undefined;
}

/** The plain one is loaded where it is needed: a page with compiled kernels does without. */
export async function createOutputCounter(spec: OutputCounterSpec): Promise<OutputCounter> {
  const compiled = compiledOutputCounter(spec);
  if (compiled !== undefined) return compiled;
  const { PlainOutputCounter } = await import("./typescript/output-counter.ts");
  return new PlainOutputCounter(spec);
}

class CompiledOutputCounter implements OutputCounter {
  readonly #inputs: number;
  readonly #instance: Instance<KernelExports>;
  readonly #states: number;
  readonly #job: number;
  readonly #stream: number;
  /** Entries that there is room for. */
  #capacity = 0;

  constructor(spec: OutputCounterSpec) {
    const { inputs, outputs, cuts, beyond, surprisal } = spec;
    this.#inputs = inputs;
    const instance = acquire();
    this.#instance = instance;
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#states = putFields(instance, [0, 0, 0, 0, 0, 0, 0]);
    this.#job = putFields(instance, [
      putLayer(instance, spec),
      this.#states,
      this.#stream,
      beyond === undefined ? 0 : putCuts(instance, beyond),
      instance.alloc(8 * inputs * PART),
      instance.alloc(64),
      instance.put(surprisal),
      cuts.count,
      new StateKey(new Float64Array(outputs).fill(cuts.count)).split,
      0,
      instance.alloc(4 * PART),
      instance.alloc(4 * PART),
      instance.alloc(8 * PART),
      instance.alloc(4 * PART),
    ]);
    this.#enlarge(FIRST);
  }

  draw(key: StreamKey, block: number, from: number, to: number): void {
    this.#require(to - from);
    setStream(this.#instance, this.#stream, key, block * this.#inputs * NOISE_BLOCK);
    this.#instance.exports.countOutputs(this.#job, from, to);
  }

  merge({ low, high, counts, values }: StateList, inside: number): void {
    const size = counts.length;
    this.#require(size);
    const instance = this.#instance;
    const mark = instance.top;
    const at = [instance.put(low), instance.put(high), instance.put(counts), instance.put(values)] as const;
    instance.exports.mergeStates(this.#states, ...at, size);
    instance.top = mark;
    this.#instance.i32(this.#job, INSIDE + 1)[INSIDE]! += inside;
  }

  get inside(): number {
    return this.#instance.i32(this.#job, INSIDE + 1)[INSIDE]!;
  }

  list(): StateList {
    const fields = this.#fields();
    const size = fields[SIZE]!;
    const words = (field: number) => this.#instance.i32(fields[field]!, size);
    return {
      low: words(LOW),
      high: words(HIGH),
      counts: words(COUNTS),
      values: this.#instance.f64(fields[VALUES]!, size),
    };
  }

  #fields(): Int32Array {
    return this.#instance.i32(this.#states, 7);
  }

  /** Makes room for more entries, if need be. */
  #require(more: number): void {
    const wanted = this.#fields()[SIZE]! + more;
    if (wanted > this.#capacity) this.#enlarge(2 ** Math.ceil(Math.log2(2 * wanted)));
  }

  #enlarge(capacity: number): void {
    const instance = this.#instance;
    const before = Int32Array.from(this.#fields());
    const size = before[SIZE]!;
    const moved = (field: number, bytes: number): number => {
      const to = instance.alloc(bytes * capacity);
      if (size > 0) instance.bytes(to, bytes * size).set(instance.bytes(before[field]!, bytes * size));
      return to;
    };
    const places = [moved(LOW, 4), moved(HIGH, 4), moved(COUNTS, 4), moved(VALUES, 8)];
    const slots = instance.alloc(8 * capacity);
    const fields = this.#fields();
    fields.set(places, LOW);
    fields[MASK] = 2 * capacity - 1;
    fields[SLOTS] = slots;
    instance.exports.rehash(this.#states);
    this.#capacity = capacity;
  }

  free(): void {
    release(this.#instance);
  }
}
