/** Instances of the compiled kernels that only probabilities of outputs and bounds by distances need: apart, so that a page loads them with those. */
import { moduleHex } from "./generated/likelihood-module.ts";
import { type Exports, Instances } from "./wasm-instance.ts";

/** Addresses are in bytes, and every array is aligned to 16 of them. */
export interface LikelihoodExports extends Exports {
  addPairs(
    values: number,
    pitch: number,
    units: number,
    from: number,
    to: number,
    otherFrom: number,
    otherTo: number,
    scale: number,
    farthest: number,
    reach: number,
    wide: number,
    narrow: number,
  ): void;
  truncatedStep(job: number, unit: number, from: number, to: number): void;
  walk(job: number, from: number, to: number, count: number, half: number, precision: number): void;
}

export const likelihoodKernels = new Instances<LikelihoodExports>(moduleHex);
