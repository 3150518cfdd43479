/** Instances of the compiled kernels that count pairs, which nothing that is measured exactly needs: apart, so that a page loads them with those. */
import { moduleHex } from "./generated/pairs-module.ts";
import { type Exports, Instances } from "./wasm-instance.ts";

/** Addresses are in bytes, and every array is aligned to 16 of them. */
export interface PairExports extends Exports {
  pairColumns(job: number, slot: number, first: number, rows: number): void;
  pairCount(job: number, from: number, to: number): void;
}

export const pairKernels = new Instances<PairExports>(moduleHex);
