/** What noise goes in, as plain data: a part of the settings. */
import * as v from "valibot";
import { instance } from "../checks/schema/instance-of.ts";
import { numbers } from "../checks/schema/lists.ts";
import { described, options } from "../checks/schema/records.ts";
import { finite } from "../checks/schema/scalars.ts";

/** Independent uniform noise on each input's range, which is the default. */
export interface UniformNoise {
  readonly kind: "uniform";
}

/** Independent Gaussian noise on every input, in place of uniform noise. */
export interface GaussianNoise {
  readonly kind: "gaussian";
  /** One for all inputs, or one for each. Default: the middle of each input's range. */
  readonly mean?: number | ArrayLike<number>;
  /** One for all inputs, or one for each; above 0. */
  readonly standardDeviation: number | ArrayLike<number>;
}

/** Noise drawn from given rows, such as data, in place of uniform noise. */
export interface SampleNoise {
  readonly kind: "sample";
  /** `[rows, inputs]`, row-major, or one array per row; drawn with replacement. */
  readonly rows: Float64Array | readonly ArrayLike<number>[];
}

/**
 * `"uniform"`: do(L1 = H^max), every input independent and uniform on its range. `"gaussian"`: independent normals; values outside the
 * input range are drawn again, which makes them truncated normals. `"sample"`: whole rows of inputs that were observed.
 */
export type NoiseSpec = UniformNoise | GaussianNoise | SampleNoise;

const perInputSchema = v.union([finite, numbers()], "a finite number, or finite numbers, one for each input");

/** Lengths depend on the mechanism: `noiseSource` checks them. */
export const noiseSchema = v.variant(
  "kind",
  [
    options({ kind: v.literal("uniform") }),
    options({
      kind: v.literal("gaussian"),
      mean: v.optional(
        described(perInputSchema, "One for all inputs, or one for each. Default: the middle of each input's range."),
      ),
      standardDeviation: described(perInputSchema, "One for all inputs, or one for each; above 0."),
    }),
    options({
      kind: v.literal("sample"),
      rows: described(
        instance<SampleNoise["rows"]>(
          (rows) => (Array.isArray(rows) || rows instanceof Float64Array) && rows.length > 0,
          "rows of numbers, at least one",
          { type: "array", minItems: 1, items: { type: ["array", "number"], items: { type: "number" } } },
        ),
        "Observed inputs, [rows, inputs], drawn with replacement.",
      ),
    }),
  ],
  'kind: "uniform", "gaussian" or "sample"',
);
