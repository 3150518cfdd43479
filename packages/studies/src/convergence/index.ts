/**
 * How many samples the published estimator needs, against values that need none or tell their error: figures 6 and 7 of Mattsson,
 * Michaud & Hoel (2020).
 */

import type { Estimate, Mechanism, Model } from "@causalscope/core";
import { createNetwork, eiParts } from "@causalscope/core";
import { greatest, least } from "@causalscope/core/basics";
import { derivedSeed, mechanismOf, modelOfChain, requireChain } from "@causalscope/core/internal";
import { measureSomeOfLayers } from "@causalscope/core/measures";
import { mechanisms } from "@causalscope/core/models";
import { options, seed, whole } from "@causalscope/core/schema";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { numbers, option, type Parsed, toleranceOption, wholes } from "@causalscope/runs/options";
import { inOneGo, type PartContext, plainValue, sharing, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";

const schema = options({
  seed: option(seed, { is: "seed of the weights and the noise", preset: 0 }),
  widths: option(wholes(1, 64), {
    is: "widths of layers with equally many inputs and outputs: 2,3,4",
    preset: [2, 3, 4, 5, 6, 7, 8, 9, 10],
  }),
  scales: option(
    numbers((scale) => scale > 0, "at least one finite number above 0"),
    {
      is: "factors of the weights: 1,5",
      preset: [1, 5],
    },
  ),
  bins: option(whole(2, 1024), { is: "bins per neuron", preset: 8 }),
  edgeWidth: option(whole(1, 256), { is: "width of the layer in figure 6", preset: 30 }),
  edgeBins: option(wholes(2, 4096), {
    is: "numbers of bins in figure 6: 8,16,32",
    preset: [8, 16, 32, 64, 128, 256, 512],
  }),
  samples: option(wholes(10, 1e9), { is: "samples of the plug-in: 1000,10000", preset: [1e3, 1e4, 1e5, 1e6, 1e7] }),
  // At 10⁷ nearly all joint states differ, and counting them takes 1.7 GB.
  wideSamples: option(whole(10, 1e9), { is: "maximum number of samples of layers wider than 6", preset: 1e6 }),
  tolerance: toleranceOption(0.01),
});

type Options = Parsed<typeof schema>;

/** Counts of pairs at finer bins than this take more memory than they tell, above so many samples. */
const MOST_PAIR_SAMPLES = 1e6;
/** Layers wider than this hold `wideSamples` at most. */
const WIDE = 6;
/** Histograms of pairs that are held at a time, in bytes; threads hold some copies of each. */
const PAIR_BYTES = 2.5e8;
const COPIES = 5;
/** Relative error of EI_parts that counts as converged. */
const CONVERGED = 0.01;

interface ConvergencePart extends Part {
  /** Figure 7: all layers at the same number of samples, 0 for what needs none. Figure 6: one layer at a number of bins. */
  readonly of: { readonly figure: 7; readonly draws: number } | { readonly figure: 6; readonly bins: number };
  readonly options: Options;
}

export const study: Study<Options, ConvergencePart> = {
  ...about,
  options: schema,
  parts,
  run: inOneGo(({ of, options: asked }, context) =>
    of.figure === 6 ? byBinsRows(of.bins, asked, context) : byWidthRows(of.draws, asked, context),
  ),
  settings: ({ widths, scales, bins, edgeWidth, edgeBins, samples, seed, tolerance }) => [
    [
      "layers",
      `${widths.map((width) => `${width}→${width}`).join(", ")}, sigmoid, weights × ${scales.join(" and × ")}, ${bins} bins`,
    ],
    ["EI_parts by bins", `${edgeWidth}→${edgeWidth}, sigmoid, ${edgeBins.join(", ")} bins`],
    ["samples of the plug-in", samples.join(", ")],
    ["compared with", `EI to ± ${tolerance} bit, EI_parts exactly`],
    ["seed", `${seed}`],
  ],
  findings,
  figures: async (_, { values }) => {
    const { figure6, figure7 } = await import("./figures.ts");
    return [figure6(values), figure7(values)];
  },
  quick: { widths: [2, 3], samples: [1000, 10_000], edgeWidth: 5, edgeBins: [8, 16] },
};

/** All layers at the same number of samples are a part: workers share them. */
function parts(asked: Options): ConvergencePart[] {
  const { widths, scales, samples, edgeWidth, edgeBins } = asked;
  const drawn = samples.reduce((sum, each) => sum + each, 0);
  const byWidth = (drawn * widths.length * scales.length) / 2e6;
  const byBins = (edgeBins.length * Math.min(drawn, 1.1e6)) / 3e5;
  const part = (at: string, weight: number, of: ConvergencePart["of"]) => ({
    weight,
    part: { at, of, options: asked },
  });
  return sharing(byWidth + byBins, [
    part("EI and EI_parts without the plug-in", 0.05 * widths.length * scales.length, { figure: 7, draws: 0 }),
    ...samples.map((draws) => {
      const some = scales.length * widths.filter((width) => isSampled(width, draws, asked)).length;
      return part(`plug-in, ${draws} samples`, (some * draws) / 1e6 / 18 + 0.01, { figure: 7, draws });
    }),
    ...edgeBins.map((bins) => part(`EI_parts of ${edgeWidth}→${edgeWidth}, ${bins} bins`, 0.5, { figure: 6, bins })),
  ]);
}

function isSampled(width: number, draws: number, { wideSamples }: Options): boolean {
  return width <= WIDE || draws <= wideSamples;
}

/** A layer as the authors begin, its weights multiplied. */
function madeNetwork(width: number, scale: number, seed: number): Model {
  const made = createNetwork({ layers: [width, width], activation: "sigmoid", bias: false, seed, inputRange: [0, 1] });
  const row = requireChain(made, "study");
  const layers = row.layers.map((each) => ({ ...each, weights: each.weights.map((weight) => scale * weight) }));
  return modelOfChain({ ...row, layers });
}

function layer(width: number, scale: number, seed: number): Mechanism {
  return mechanisms(madeNetwork(width, scale, seed))[0]!;
}

interface Setting {
  readonly figure: number;
  readonly scale: number;
  readonly width: number;
  readonly bins: number;
}

/** @param draws 0: without the plug-in. */
async function byWidthRows(draws: number, asked: Options, context: PartContext): Promise<ValueRow[]> {
  const { widths, scales, bins, seed, tolerance } = asked;
  const layers = scales.flatMap((scale) =>
    widths.map((width) => ({ setting: { figure: 7, scale, width, bins }, mechanism: layer(width, scale, seed) })),
  );
  // The longest first, so that no worker is left alone with it.
  layers.reverse();
  if (draws === 0) {
    const found = await inWorkers(layers, asked, context, { tolerance, measures: ["ei", "eiParts"] });
    return found.flatMap(({ setting, ei, eiParts }) => valueRows({ ...setting, draws: 0 }, { ei, eiParts }));
  }
  const some = layers.filter(({ setting }) => isSampled(setting.width, draws, asked));
  const plugIn = { tolerance: 0, samples: draws, method: "plug-in" } as const;
  const found = await inWorkers(some, asked, context, { ...plugIn, measures: ["ei"] });
  const rows: ValueRow[] = [];
  for (const { setting, mechanism, ei } of found) {
    const { signal, pool, memory } = context;
    const options = { bins, seed, signal, pool, memory, ...plugIn };
    rows.push(...valueRows({ ...setting, draws }, { ei, eiParts: await eiParts(mechanism, options) }));
  }
  return rows;
}

async function inWorkers(
  layers: readonly { readonly setting: Setting; readonly mechanism: Mechanism }[],
  { bins, seed }: Options,
  { signal, pool, memory, onProgress }: PartContext,
  options: Pick<Parameters<typeof measureSomeOfLayers>[1], "measures" | "tolerance" | "samples" | "method">,
) {
  const requests = layers.map(({ mechanism }) => ({ mechanism, bins, seed }));
  const found = await measureSomeOfLayers(requests, { ...options, outside: "drop", signal, pool, memory, onProgress });
  return layers.map((layer, k) => ({ ...layer, ...found[k]! }));
}

/**
 * EI_parts by the plug-in, so many outputs at a time as have histograms that fit: pairs are counted each by itself, so that a sum over
 * outputs can be found in pieces, each with noise of its own.
 */
async function plugInParts(
  width: number,
  bins: number,
  draws: number,
  { seed }: Options,
  { signal, pool }: PartContext,
) {
  const [whole] = requireChain(madeNetwork(width, 1, seed), "study").layers;
  const { weights } = whole!;
  const atOnce = Math.max(1, Math.floor(PAIR_BYTES / (4 * COPIES * width * bins * bins)));
  const found: Estimate[] = [];
  for (let from = 0; from < width; from += atOnce) {
    const outputs = Math.min(atOnce, width - from);
    const rows = weights.slice(from * width, (from + outputs) * width);
    const part = mechanismOf({ ...whole!, outputs, weights: rows }, { inputRange: [0, 1] });
    const noise = derivedSeed(seed, from);
    found.push(
      await eiParts(part, { bins, seed: noise, tolerance: 0, samples: draws, method: "plug-in", signal, pool }),
    );
  }
  return {
    bits: found.reduce((sum, { bits }) => sum + bits, 0),
    standardError: Math.sqrt(found.reduce((sum, { standardError: error }) => sum + error * error, 0)),
    method: "plug-in" as const,
    samples: draws,
  };
}

async function byBinsRows(bins: number, asked: Options, context: PartContext): Promise<ValueRow[]> {
  const { edgeWidth, samples, seed } = asked;
  const { signal, pool, memory } = context;
  const setting = { figure: 6, scale: 1, width: edgeWidth, bins };
  const exact = await eiParts(layer(edgeWidth, 1, seed), { bins, seed, signal, pool, memory });
  const rows = valueRows({ ...setting, draws: 0 }, { eiParts: exact });
  for (const draws of samples.filter((each) => each <= MOST_PAIR_SAMPLES)) {
    const found = await plugInParts(edgeWidth, bins, draws, asked, context);
    rows.push(...valueRows({ ...setting, draws }, { eiParts: found }));
  }
  return [...rows, ...needed(setting, rows)];
}

/** Samples at which the bias, which falls as 1/N, is 1 %: from the value at the most samples. */
function needed(setting: ValueRow["setting"], rows: readonly ValueRow[]): ValueRow[] {
  const exact = rows.find((row) => row.setting.draws === 0)!.value;
  const last = rows.at(-1)!;
  const draws = last.setting.draws as number;
  if (draws === 0 || exact === 0) return [];
  const bias = Math.max(0, last.value - exact);
  return valueRows(
    { ...setting, draws: 0 },
    { samplesNeeded: plainValue(Math.round((bias * draws) / (CONVERGED * exact))) },
  );
}

function findings({ widths, scales, samples, edgeBins }: Options, { values }: Rows): Finding[] {
  return [byBins(edgeBins, values), byWidth(widths, scales, samples, values)];
}

function byBins(edgeBins: readonly number[], values: readonly ValueRow[]): Finding {
  const own = values.filter(({ setting }) => setting.figure === 6);
  const at = (measure: string, bins: number, draws: number) =>
    own.find((row) => row.measure === measure && row.setting.bins === bins && row.setting.draws === draws)?.value;
  const exact = edgeBins.map((bins) => at("eiParts", bins, 0)!);
  const [low, high] = [least(exact), greatest(exact)];
  const listed = edgeBins.map((bins, k) => `${exact[k]!.toFixed(3)} at ${bins}`).join(", ");
  const samples = edgeBins.map((bins) => `${count(at("samplesNeeded", bins, 0) ?? 0)} at ${bins}`).join(", ");
  const spread = (high - low) / high;
  const fine = exact.slice(-3);
  const levels = (greatest(fine) - least(fine)) / high < 0.02;
  return {
    claim: "Given enough samples, EI_parts does not depend on the number of bins.",
    paper: "With enough samples, EI_parts converges to nearly the same value whatever the bins (figure 6).",
    found: `Exact EI_parts in bits: ${listed} bins. Samples until the plug-in is within 1 %: ${samples} bins.`,
    verdict: spread < 0.02 ? "holds" : levels ? "holds in part" : "does not hold",
    because: `It grows with the bins and levels off: the value at ${edgeBins[0]} bins is ${(100 * (1 - exact[0]! / high)).toFixed(1)} % below the largest. What the published curves share with few samples is bias, which grows with the square of the number of bins.`,
  };
}

function byWidth(
  widths: readonly number[],
  scales: readonly number[],
  samples: readonly number[],
  values: readonly ValueRow[],
): Finding {
  const most = greatest(samples);
  const own = values.filter(({ setting }) => setting.figure === 7);
  const off: { width: number; scale: number; draws: number; gap: number; error: number }[] = [];
  for (const scale of scales) {
    for (const width of widths) {
      const at = (draws: number) =>
        own.find(
          ({ measure, setting }) =>
            measure === "ei" && setting.scale === scale && setting.width === width && setting.draws === draws,
        );
      const draws = greatest(samples.filter((each) => at(each) !== undefined));
      const [truth, published] = [at(0), at(draws)];
      if (truth !== undefined && published !== undefined) {
        off.push({ width, scale, draws, gap: published.value - truth.value, error: truth.standardError });
      }
    }
  }
  const wrong = off.filter(({ draws, gap, error }) => draws === most && gap > 3 * error + 0.02);
  const tested = off.filter(({ draws }) => draws === most).length;
  const listed = off.map(
    ({ width, scale, draws, gap }) =>
      `${width}→${width} × ${scale}: ${gap >= 0 ? "+" : "−"}${Math.abs(gap).toFixed(3)}${draws < most ? ` at ${count(draws)}` : ""}`,
  );
  return {
    claim: `EI by the published estimator has converged at ${count(most)} samples.`,
    paper: "With 8 bins, 10⁷ samples suffice for the layers of the experiments (figure 7).",
    found: `Plug-in at ${count(most)} samples minus EI, in bits: ${listed.join(", ")}.`,
    verdict: wrong.length === 0 ? "holds" : wrong.length < tested ? "holds in part" : "does not hold",
    because:
      wrong.length === 0
        ? "All of these layers have sufficiently few states."
        : "Where joint states hardly repeat, each output state seems to identify its input. The plug-in is then too high (up to log2 N), and looks constant long before it has converged.",
  };
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
