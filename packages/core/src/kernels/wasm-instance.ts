/**
 * Instances of a compiled module, each with a memory of its own. A kernel takes one, puts its data there, and gives it back; those
 * given back are used again, so that ten thousand small requests need no more memory than one.
 */
import { moduleHex } from "./generated/module.ts";
import { kernelModule } from "./path.ts";

/** What every compiled module exports; addresses are in bytes, and every array is aligned to 16 of them. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
}

/** What the module of most measurements exports. */
export interface KernelExports extends Exports {
  uniforms(
    out: number,
    count: number,
    k0: number,
    k1: number,
    c2: number,
    c3: number,
    counter: number,
    c1: number,
    low: number,
    width: number,
  ): void;
  countOutputs(job: number, from: number, to: number): void;
  fillPool(job: number): void;
  sampleCells(job: number, cells: number, draws: number, withTail: number): void;
  mergeStates(states: number, low: number, high: number, counts: number, values: number, size: number): void;
  rehash(states: number): void;
  expArray(x: number, y: number, count: number): void;
  logArray(x: number, y: number, count: number): void;
  product(
    weights: number,
    pitch: number,
    rows: number,
    terms: number,
    values: number,
    stride: number,
    out: number,
  ): void;
  addRows(
    even: number,
    odd: number,
    centres: number,
    rows: number,
    mirrored: number,
    halfWidth: number,
    thresholds: number,
    keep: number,
    columnOf: number,
    row: number,
    columns: number,
    stride: number,
    sums: number,
    logs: number,
  ): void;
  trainSteps(trainer: number, from: number, to: number, step: number): void;
  score(trainer: number, inputs: number, targets: number, labels: number, order: number, rows: number): void;
  forward(trainer: number, inputs: number, answers: number, order: number, rows: number): void;
  endTable(columns: number, stride: number, logs: number): number;
}

const PAGE = 65_536;
/** Instances kept for the next request, and the most memory that one of them may have. */
const KEPT = 4;
const KEPT_BYTES = 64 * 2 ** 20;

let taken = 0;

/** Instances that kernels hold now, of all modules: 0 when nothing is being measured. */
export function instancesInUse(): number {
  return taken;
}

export class Instance<E extends Exports = Exports> {
  readonly exports: E;
  /** Where the next allocation begins; setting it back forgets what came after. */
  top: number;

  constructor(hex: string) {
    this.exports = new WebAssembly.Instance(kernelModule(hex), {
      env: {
        abort() {
          throw new Error("a compiled kernel failed");
        },
      },
    }).exports as unknown as E;
    this.top = this.exports.heapBase();
  }

  /**
   * Room for `bytes`, zeroed, aligned to 16, with 64 bytes to spare behind it for loops that overrun. Views made before may be
   * detached: ask for them again.
   *
   * @throws RangeError where the machine has no more memory.
   */
  alloc(bytes: number): number {
    const at = 16 * Math.ceil(this.top / 16);
    this.top = at + bytes + 64;
    const missing = Math.ceil((this.top - this.exports.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.exports.memory.grow(missing);
    this.bytes(at, bytes + 64).fill(0);
    return at;
  }

  /** Copies values in, and returns their address. */
  put(values: Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array): number {
    const at = this.alloc(values.byteLength);
    this.bytes(at, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return at;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  f64(at: number, length: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, at, length);
  }

  i32(at: number, length: number): Int32Array {
    return new Int32Array(this.exports.memory.buffer, at, length);
  }

  u32(at: number, length: number): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer, at, length);
  }

  /** Forgets all that was allocated. */
  clear(): void {
    this.top = this.exports.heapBase();
  }
}

/** The instances of one module. */
export class Instances<E extends Exports> {
  readonly #hex: string;
  readonly #idle: Instance<E>[] = [];

  constructor(hex: string) {
    this.#hex = hex;
  }

  acquire(): Instance<E> {
    const instance = this.#idle.pop() ?? new Instance<E>(this.#hex);
    taken++;
    return instance;
  }

  /** Takes an instance back: nothing of it may be used afterwards. */
  release(instance: Instance<E>): void {
    taken--;
    instance.clear();
    if (this.#idle.length < KEPT && instance.exports.memory.buffer.byteLength <= KEPT_BYTES) this.#idle.push(instance);
  }
}

const kernels = new Instances<KernelExports>(moduleHex);

export function acquire(): Instance<KernelExports> {
  return kernels.acquire();
}

/** Gives an instance back: nothing of it may be used afterwards. */
export function release(instance: Instance<KernelExports>): void {
  kernels.release(instance);
}
