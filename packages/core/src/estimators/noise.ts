/** What noise goes in, for the methods that evaluate a mechanism on samples: uniform, Gaussian, or drawn from a given sample. */

import * as v from "valibot";
import { InvalidInputError } from "../checks/errors.ts";
import { described, finite, instance, numbers, options, parse } from "../checks/schema.ts";
import { normals } from "../information/normals.ts";
import { Random, Stream, type StreamKey, streamKey } from "../information/random.ts";
import { NOISE_BLOCK } from "../kernels/blocks.ts";
import { normalCdf } from "../model/activation.ts";
import type { Mechanism } from "../model/mechanism.ts";

export interface NoiseSource {
  /**
   * Fills `out`, `[rows, inputs]`, with the first `rows` samples of a block, `rows` ≤ `NOISE_BLOCK`. The same block gives the same
   * samples at every call, and fewer rows are the first of more.
   */
  fill(out: Float64Array, rows: number, block: number): void;
  /** The stream of uniform noise that kernels can draw by themselves; undefined for other noise. */
  readonly uniform?: StreamKey;
  /** What a reader must know about the noise, in plain words. */
  readonly warnings?: readonly string[];
}
