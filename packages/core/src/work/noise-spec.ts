/** What noise goes in, as plain data: a part of the settings. */

export interface UniformNoise {
  readonly kind: "uniform";
}

export interface GaussianNoise {
  readonly kind: "gaussian";
  /** One for all inputs, or one for each. Default: the middle of each input's range. */
  readonly mean?: number | ArrayLike<number>;
  /** One for all inputs, or one for each; above 0. */
  readonly standardDeviation: number | ArrayLike<number>;
}

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
        described(
          perInputSchema,
          "One for all inputs, or one for each; the middle of each input's range where it is not given.",
        ),
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
        "Inputs that were observed, [rows, inputs]; drawn with replacement.",
      ),
    }),
  ],
  'kind: "uniform", "gaussian" or "sample"',
);

/** Streams of this engine's noise, apart from the conditional estimator's. */
const PLUG_IN = 7;
/** A normal with less of its mass than this inside the range is taken for a mistake. */
const LEAST_MASS = 1e-3;

/**
 * The noise described by `spec` for a mechanism's inputs, by seed.
 *
 * @throws InvalidInputError for an unknown kind, a standard deviation not above 0, lists of another length than the inputs, a normal
 *   that hardly meets the input range, or a sample that is empty, ragged, not finite or outside the input range.
 */
export function noiseSource(mechanism: Mechanism, spec: NoiseSpec | undefined, seed: number): NoiseSource {
  const who = `${mechanism.name}: noise`;
  const given: NoiseSpec = spec === undefined ? { kind: "uniform" } : parse(noiseSchema, spec, who);
  if (given.kind === "gaussian") return gaussian(mechanism, given, seed, who);
  return given.kind === "sample" ? fromSample(mechanism, given, seed, who) : uniform(mechanism, seed);
}

function randomOf(seed: number, block: number): Random {
  return new Random(seed, Stream.noise, PLUG_IN, block);
}

function uniform({ inputs, inputRanges }: Mechanism, seed: number): NoiseSource {
  const lows = Float64Array.from(inputRanges, ([low]) => low);
  const widths = Float64Array.from(inputRanges, ([low, high]) => high - low);
  const key = streamKey(seed, Stream.noise, PLUG_IN);
  const column = new Float64Array(NOISE_BLOCK);
  return {
    uniform: key,
    fill(out, rows, block) {
      const drawn = column.subarray(0, rows);
      for (let i = 0; i < inputs; i++) {
        new Random(key, (block * inputs + i) * NOISE_BLOCK).fill(drawn, 0, 1);
        for (let row = 0, at = i; row < rows; row++, at += inputs) out[at] = lows[i]! + widths[i]! * drawn[row]!;
      }
    },
  };
}

function gaussian(mechanism: Mechanism, spec: GaussianNoise, seed: number, who: string): NoiseSource {
  const { inputs, inputRanges } = mechanism;
  const means =
    spec.mean === undefined
      ? Float64Array.from(inputRanges, ([low, high]) => low + (high - low) / 2)
      : perInput(spec.mean, inputs, `${who}: mean`);
  const deviations = perInput(spec.standardDeviation, inputs, `${who}: standardDeviation`);
  const warnings: string[] = [];
  for (const [i, [low, high]] of inputRanges.entries()) {
    const [mean, deviation] = [means[i]!, deviations[i]!];
    if (!(deviation > 0)) {
      throw new InvalidInputError({ who, expected: "standard deviations above 0", got: `${deviation} for input ${i}` });
    }
    const mass = normalCdf((high - mean) / deviation) - normalCdf((low - mean) / deviation);
    if (mass < LEAST_MASS) {
      throw new InvalidInputError({
        who,
        expected: `a normal with at least ${100 * LEAST_MASS} % of its mass in the input range (${low}, ${high})`,
        got: `mean ${mean} and standard deviation ${deviation} for input ${i}`,
        remedy: "Give another mean, or a wider inputRange.",
      });
    }
    if (1 - mass > 1e-6) {
      const share = (100 * (1 - mass)).toPrecision(2);
      warnings.push(
        `input ${i}: ${share} % of the normal lies outside the input range (${low}, ${high}) and is drawn again: a truncated normal`,
      );
    }
  }
  return {
    warnings: summed(warnings),
    fill(out, rows, block) {
      const normal = normals(randomOf(seed, block));
      for (let at = 0, i = 0; at < rows * inputs; at++) {
        const [low, high] = inputRanges[i]!;
        let value = means[i]! + deviations[i]! * normal();
        while (!(value >= low && value <= high)) value = means[i]! + deviations[i]! * normal();
        out[at] = value;
        if (++i === inputs) i = 0;
      }
    },
  };
}

/** One sentence for many inputs. */
function summed(warnings: readonly string[]): readonly string[] {
  return warnings.length < 3 ? warnings : [warnings[0]!, `and so for ${warnings.length - 1} other inputs`];
}

function fromSample(mechanism: Mechanism, spec: SampleNoise, seed: number, who: string): NoiseSource {
  const { inputs, inputRanges } = mechanism;
  const rows = flat(spec.rows, inputs, who);
  let outside = 0;
  for (let at = 0; at < rows.length; at++) {
    const [low, high] = inputRanges[at % inputs]!;
    if (!(rows[at]! >= low && rows[at]! <= high)) outside++;
  }
  if (outside > 0) {
    throw new InvalidInputError({
      who,
      expected: "values inside the input range",
      got: `${outside} of ${rows.length} outside it, or not numbers`,
      remedy: "Give the mechanism an inputRange that holds them all.",
    });
  }
  const count = rows.length / inputs;
  return {
    fill(out, wanted, block) {
      const random = randomOf(seed, block);
      for (let row = 0; row < wanted; row++) {
        const from = random.below(count) * inputs;
        for (let i = 0; i < inputs; i++) out[row * inputs + i] = rows[from + i]!;
      }
    },
  };
}

function flat(rows: SampleNoise["rows"], inputs: number, who: string): Float64Array {
  const expected = `rows of ${inputs} numbers, at least one`;
  if (rows instanceof Float64Array) {
    if (rows.length % inputs === 0) return rows.slice();
    throw new InvalidInputError({ who, expected, got: `${rows.length} numbers` });
  }
  const all = new Float64Array(rows.length * inputs);
  for (const [index, row] of rows.entries()) {
    if (row?.length !== inputs) {
      throw new InvalidInputError({ who, expected, got: `${row?.length ?? "nothing"} in row ${index}` });
    }
    all.set(row, index * inputs);
  }
  return all;
}

function perInput(values: number | ArrayLike<number>, inputs: number, who: string): Float64Array {
  const list = typeof values === "number" ? new Float64Array(inputs).fill(values) : Float64Array.from(values ?? []);
  if (list.length !== inputs || !list.every((value) => Number.isFinite(value))) {
    throw new InvalidInputError({
      who,
      expected: `a finite number, or ${inputs}, one per input`,
      got: JSON.stringify(values) ?? "nothing",
    });
  }
  return list;
}
