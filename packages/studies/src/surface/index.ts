/** EI, EI_parts and sensitivity of two inputs and one output over all pairs of weights: figures 1 d to f and 3 of the paper. Exact. */

import { dense } from "@causalscope/core";
import { measureLayers } from "@causalscope/core/measures";
import { options, whole } from "@causalscope/core/schema";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { aboveZero, option, type Parsed } from "@causalscope/runs/options";
import { PAPER_ACTIVATIONS, PAPER_RANGES, type PaperActivation } from "../common/paper-ranges.ts";
import { inOneGo, type PartContext, sharing, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";

const schema = options({
  bins: option(whole(2, 1024), { is: "bins per neuron", preset: 64 }),
  // From −n/2 steps to n/2 − 1 steps.
  points: option(whole(2, 1000), { is: "weights per side of the grid", preset: 100 }),
  weightStep: option(aboveZero, { is: "step between weights", value: "step", preset: 0.2 }),
});

type Options = Parsed<typeof schema>;

/** Weights A and B by their positions on the sides of the grid. */
interface SurfacePart extends Part {
  readonly activation: PaperActivation;
  /** Points that have the same values, by their first. */
  readonly orbits: readonly (readonly Point[])[];
  readonly options: Options;
}

export const study: Study<Options, SurfacePart> = {
  ...about,
  options: schema,
  parts,
  run: inOneGo(measured),
  settings: ({ bins, points, weightStep }) => [
    ["mechanism", "two inputs, one output, no bias"],
    [
      "weights",
      `a grid of ${points} × ${points}, ${weightAt(0, { points, weightStep })} to ${weightAt(points - 1, { points, weightStep })} in steps of ${weightStep}`,
    ],
    ["ranges", "0 to 1 for sigmoid and ReLU, −1 to 1 for tanh, on both sides"],
    ["bins", `${bins}`],
    ["method", "exact"],
  ],
  findings,
  figures: async (_, { values }) => {
    const [{ figure1 }, { figure3 }] = await Promise.all([import("../common/figure-1.ts"), import("./figures.ts")]);
    return [figure1([], values), figure3(values)];
  },
  quick: { bins: 16, points: 10, weightStep: 2 },
};

function weightAt(index: number, { points, weightStep }: Pick<Options, "points" | "weightStep">): number {
  return Number(((index - Math.floor(points / 2)) * weightStep).toPrecision(12));
}

type Point = readonly [a: number, b: number];

/**
 * The points of the grid that have the same values as this one, itself first: inputs may change places; a sigmoid of the negated sum
 * is its mirror image; of tanh, whose inputs lie symmetrically, each input may be negated alone.
 */
function alike(activation: PaperActivation, [a, b]: Point, points: number): Point[] {
  const negated = (index: number) => 2 * Math.floor(points / 2) - index;
  const signs: Point[] = [[a, b]];
  if (activation !== "relu") signs.push([negated(a), negated(b)]);
  if (activation === "tanh") signs.push([negated(a), b], [a, negated(b)]);
  const all = signs.flatMap(([x, y]): Point[] => [
    [x, y],
    [y, x],
  ]);
  const inside = all.filter(([x, y]) => x >= 0 && y >= 0 && x < points && y < points);
  return [...new Map(inside.map((point) => [point.join(), point])).values()];
}

/** Seconds of a point of the grid at 64 bins. */
const OF_A_POINT = 0.009;

function parts(asked: Options): SurfacePart[] {
  const { points, bins } = asked;
  const seconds = points ** 2 * (bins / 64) ** 2 * OF_A_POINT;
  return sharing(
    seconds,
    PAPER_ACTIVATIONS.flatMap((activation) =>
      Array.from({ length: points }, (_, a) => {
        // Each value is computed once, with the first of the points that share it.
        const orbits = Array.from({ length: points }, (_, b) => alike(activation, [a, b], points)).filter(
          ([[x, y] = [0, 0], ...others]) => others.every(([p, q]) => p > x || (p === x && q > y)),
        );
        const part = { at: `${activation}, weight ${weightAt(a, asked)}`, activation, orbits, options: asked };
        return { weight: 0.01 + orbits.length, part };
      }).filter(({ part }) => part.orbits.length > 0),
    ),
  );
}

async function measured(
  { activation, orbits, options: asked }: SurfacePart,
  { signal, pool, memory, onProgress }: PartContext,
): Promise<ValueRow[]> {
  const range = PAPER_RANGES[activation];
  const requests = orbits.map(([point]) => ({
    mechanism: dense({
      weights: [point!.map((index) => weightAt(index, asked))],
      activation,
      inputRange: range,
      outputRange: range,
    }),
    bins: asked.bins,
    seed: 0,
  }));
  const found = await measureLayers(requests, { outside: "drop", signal, pool, memory, onProgress });
  return orbits.flatMap((orbit, k) => {
    const { ei, eiParts, sensitivity, degeneracy } = found[k]!;
    return orbit.flatMap(([a, b]) =>
      valueRows(
        { activation, bins: asked.bins, weightA: weightAt(a, asked), weightB: weightAt(b, asked) },
        { ei, eiParts, sensitivity, degeneracy },
      ),
    );
  });
}

/** Bits by which exact values may be off. */
const ROUNDING = 1e-6;

function findings(_: Options, { values }: Rows): Finding[] {
  const greatest = (activation: PaperActivation, measure: string) =>
    values
      .filter((row) => row.measure === measure && row.setting.activation === activation)
      .reduce((best, row) => (row.value > best.value ? row : best));
  const ends = PAPER_ACTIVATIONS.map((activation) => {
    const { setting, value: bits } = greatest(activation, "ei");
    return `${activation} ${bits.toFixed(3)} bits at (${setting.weightA}, ${setting.weightB})`;
  });
  const sigmoid = values.filter(({ setting }) => setting.activation === "sigmoid");
  const ofMeasure = (name: string) => sigmoid.filter(({ measure }) => measure === name);
  const least = ofMeasure("degeneracy").reduce((low, row) => (row.value < low.value ? row : low));
  const isNegative = least.value < -ROUNDING;
  return [
    {
      claim: "With two sigmoid inputs, opposite weights that balance each other transmit most.",
      paper: "The EI surface of the sigmoid is largest along wA = −wB.",
      found: `Largest EI: ${ends.join("; ")}.`,
      verdict: opposite(greatest("sigmoid", "ei")) ? "holds" : "does not hold",
      because: "With opposite signs, the sum stays where the sigmoid is steep for more of the inputs.",
    },
    {
      claim: "Degeneracy is what sensitivity loses to overlap, and is not negative.",
      paper: "Figure 3 splits EI into sensitivity and degeneracy for two sigmoid inputs.",
      found: `Smallest degeneracy: ${fixed(least.value)} bits at (${least.setting.weightA}, ${least.setting.weightB}).`,
      verdict: isNegative ? "does not hold" : "holds",
      because: isNegative
        ? "One input alone may move the output only within one bin, while two together leave it: sensitivity is measured with the other input at 0."
        : "With these bins, every input alone moves the output over several bins.",
    },
  ];
}

/** Without the sign of a zero. */
function fixed(bits: number): string {
  return (Math.abs(bits) < 5e-4 ? 0 : bits).toFixed(3);
}

function opposite({ setting }: ValueRow): boolean {
  return Math.sign(setting.weightA as number) === -Math.sign(setting.weightB as number);
}
