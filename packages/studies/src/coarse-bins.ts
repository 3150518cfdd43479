/**
 * What the grain of the bins does to the first network of the paper: degeneracy below zero, and the EI of a first layer whose inputs
 * have more states than any sample visits.
 */

import type { Model } from "@causalscope/core";
import { createNetwork, effectiveInformation, train } from "@causalscope/core";
import { greatest, yieldToEventLoop } from "@causalscope/core/internal";
import { layerSeed, measureSomeOfLayers } from "@causalscope/core/measures";
import { mechanisms } from "@causalscope/core/models";
import type { Question, ValueRow } from "@causalscope/runs";
import { overSeeds, plusMinus } from "./comparison.ts";
import { doneInParts, type Part, type PartContext, valueRows } from "./grid.ts";
import { requirePositive, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import type { Finding, ValueStudy } from "./study.ts";
import { dataPlan, embeddedData } from "./study-data.ts";
import { studySummaries } from "./summaries.ts";

export interface CoarseBinsOptions {
  readonly seeds: readonly number[];
  readonly layers: readonly number[];
  /** Passes over 4,150 images; the network is measured before the first and after the last. */
  readonly epochs: number;
  readonly bins: readonly number[];
  readonly tolerance: number;
}

export type CoarseBinsQuestion = Question & CoarseBinsOptions;

const DEFAULTS: CoarseBinsOptions = {
  seeds: [0, 1, 2],
  layers: [25, 6, 6, 6, 5],
  epochs: 600,
  bins: [4, 8, 16, 32, 64],
  tolerance: 0.02,
};

export const coarseBinsStudy: ValueStudy<CoarseBinsOptions, CoarseBinsQuestion> = {
  kind: "values",
  name: "coarse-bins",
  summary: studySummaries["coarse-bins"],
  question: (options, who: Who<CoarseBinsOptions> = (option) => `study coarse-bins: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    requireWhole(asked.epochs, 1, 1e7, who("epochs"));
    requireWholes(asked.bins, 2, 1024, who("bins"));
    requirePositive(asked.tolerance, who("tolerance"));
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  ...doneInParts(parts),
  seconds: ({ seeds, epochs, bins }) => seeds.length * (epochs / 700 + 2 * bins.length),
  settings: (asked) => [
    ["network", `${asked.layers.join(" → ")}, sigmoid, no biases`],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 examples to learn from"],
    ["measured", `before training and after ${asked.epochs} epochs`],
    ["bins", asked.bins.join(", ")],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seeds", asked.seeds.join(", ")],
  ],
  findings,
};

/** The network of the paper before and after learning. */
export async function beforeAndAfter(
  { layers, epochs }: Pick<CoarseBinsOptions, "layers" | "epochs">,
  seed: number,
  { signal, onProgress }: Pick<PartContext, "signal" | "onProgress">,
): Promise<{ epoch: number; model: Model }[]> {
  const network = createNetwork({ layers, activation: "sigmoid", bias: false, seed, inputRange: [0, 1] });
  const data = embeddedData(dataPlan("mnist", {}, (option) => option));
  const found: { epoch: number; model: Model }[] = [];
  const rules = { batchSize: 50, learningRate: 0.01, loss: "mse", reduction: "sum", every: epochs } as const;
  const tell = ({ epoch }: { epoch: number }) => onProgress((0.5 * epoch) / epochs);
  for await (const { epoch, model } of train(network, data, {
    ...rules,
    epochs,
    seed,
    signal,
    pause: yieldToEventLoop,
    onProgress: tell,
  })) {
    found.push({ epoch, model });
  }
  return found;
}

function parts(asked: CoarseBinsQuestion): Part[] {
  return asked.seeds.map(
    (seed): Part => ({
      at: `seed ${seed}`,
      rows: async (context) => {
        const { signal, pool, memory } = context;
        const rows: ValueRow[] = [];
        for (const { epoch, model } of await beforeAndAfter(asked, seed, context)) {
          for (const bins of asked.bins) {
            // The first layer's EI at fine bins is another study's.
            const requests = mechanisms(model).map((mechanism, layer) => ({
              mechanism,
              bins,
              seed: layerSeed(seed, layer, epoch),
            }));
            const found = await measureSomeOfLayers(requests, {
              measures: ["ei", "sensitivity", "degeneracy"],
              tolerance: asked.tolerance,
              outside: "drop",
              signal,
              pool,
              memory,
            });
            for (const [layer, { ei, sensitivity, degeneracy }] of found.entries()) {
              rows.push(...valueRows({ bins, seed, epoch, layer: layer + 1 }, { ei, sensitivity, degeneracy }));
            }
          }
        }
        return rows;
      },
    }),
  );
}

function findings({ bins, epochs }: CoarseBinsQuestion, values: readonly ValueRow[]): Finding[] {
  const by = [0, epochs].map((epoch) => {
    const listed = bins.map((each) => {
      const rows = values.filter(
        ({ measure, setting }) => measure === "degeneracy" && setting.bins === each && setting.epoch === epoch,
      );
      const negative = rows.filter((row) => row.value < -2 * row.standardError);
      return `${negative.length} of ${rows.length} at ${each} bins`;
    });
    return `${epoch === 0 ? "before training" : "after it"} ${listed.join(", ")}`;
  });
  const eight = bins.includes(8) ? 8 : bins[0]!;
  const deepest = values
    .filter(({ measure, setting }) => measure === "degeneracy" && setting.bins === eight)
    .reduce((low, row) => (row.value < low.value ? row : low));
  const sensitivity = overSeeds(values, "sensitivity", (s) => s.bins === eight && s.epoch === 0);
  const negative = values.some((row) => row.measure === "degeneracy" && row.value < -2 * row.standardError);
  return [
    {
      claim: "Degeneracy is never negative: EI is at most sensitivity.",
      paper: "EI = sensitivity − degeneracy, degeneracy being what is lost by overlap; its figure 4 begins below 0.",
      found: `Layers with negative degeneracy: ${by.join("; ")}. The lowest at ${eight} bins: ${deepest.value.toFixed(2)} bits (standard error of measuring ${deepest.standardError.toFixed(2)}). Sensitivity of all layers before training at ${eight} bins: ${plusMinus(sensitivity)} bits.`,
      verdict: negative ? "does not hold" : "holds",
      because:
        "At first each weight moves an output, others at rest, by less than a bin: sensitivity is 0 while all inputs together cross many edges. Finer bins or grown weights end it.",
    },
  ];
}

export interface FirstLayerOptions {
  readonly seed: number;
  readonly layers: readonly number[];
  readonly epochs: number;
  readonly bins: number;
  readonly samples: readonly number[];
  readonly tolerance: number;
}

export type FirstLayerQuestion = Question & FirstLayerOptions;

const FIRST_LAYER: FirstLayerOptions = {
  seed: 0,
  layers: [25, 6, 6, 6, 5],
  epochs: 600,
  bins: 8,
  samples: [1e4, 1e5, 1e6],
  tolerance: 0.01,
};

export const firstLayerStudy: ValueStudy<FirstLayerOptions, FirstLayerQuestion> = {
  kind: "values",
  name: "first-layer",
  summary: studySummaries["first-layer"],
  question: (options, who: Who<FirstLayerOptions> = (option) => `study first-layer: ${option}`) => {
    const asked = withDefaults(FIRST_LAYER, options);
    requireWhole(asked.seed, 0, Number.MAX_SAFE_INTEGER, who("seed"));
    requireWhole(asked.epochs, 1, 1e7, who("epochs"));
    requireWhole(asked.bins, 2, 1024, who("bins"));
    requireWholes(asked.samples, 10, 1e9, who("samples"));
    requirePositive(asked.tolerance, who("tolerance"));
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  ...doneInParts(firstLayerParts),
  seconds: ({ epochs, samples }) => epochs / 350 + samples.reduce((sum, each) => sum + each, 0) / 2.5e5,
  settings: (asked) => [
    ["mechanism", `the first layer of ${asked.layers.join(" → ")}, sigmoid, no biases`],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 examples to learn from"],
    ["measured", `before training and after ${asked.epochs} epochs`],
    ["bins", `${asked.bins}`],
    ["samples of the plug-in", asked.samples.join(", ")],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seed", `${asked.seed}`],
  ],
  findings: firstLayerFindings,
};

const FINEST = 65_536;

function firstLayerParts(asked: FirstLayerQuestion): Part[] {
  const { seed, bins, samples, tolerance } = asked;
  return [
    {
      at: "the first layer",
      rows: async (context) => {
        const { signal, pool, memory, onProgress } = context;
        const rows: ValueRow[] = [];
        for (const [k, { epoch, model }] of (await beforeAndAfter(asked, seed, context)).entries()) {
          const first = mechanisms(model)[0]!;
          const options = { bins, seed, signal, pool, memory };
          const place = { epoch, bins };
          const ei = await effectiveInformation(first, { ...options, tolerance });
          // With inputs as fine as can be, an input leaves nothing open: what remains is the entropy of the outputs.
          const fine = { ...options, bins: { input: FINEST, output: bins } };
          const outputEntropy = await effectiveInformation(first, { ...fine, tolerance });
          rows.push(...valueRows({ ...place, draws: 0 }, { ei, outputEntropy }));
          for (const draws of samples) {
            const found = await effectiveInformation(first, {
              ...options,
              tolerance: 0,
              samples: draws,
              method: "plug-in",
            });
            rows.push(...valueRows({ ...place, draws }, { ei: found }));
          }
          onProgress(0.5 + (k + 1) / 4);
        }
        return rows;
      },
    },
  ];
}

function firstLayerFindings({ epochs, samples }: FirstLayerQuestion, values: readonly ValueRow[]): Finding[] {
  const most = greatest(samples);
  const at = (measure: string, epoch: number, draws: number) =>
    values.find((row) => row.measure === measure && row.setting.epoch === epoch && row.setting.draws === draws)!;
  const lines = [0, epochs].map((epoch) => {
    const [truth, published, entropy] = [at("ei", epoch, 0), at("ei", epoch, most), at("outputEntropy", epoch, 0)];
    return {
      text: `${epoch === 0 ? "before training" : "after it"}: plug-in ${published.value.toFixed(3)} at ${most.toLocaleString("en-US")} samples, EI ${truth.value.toFixed(3)} (standard error of measuring ${truth.standardError.toFixed(3)}), H(Ŷ) ${entropy.value.toFixed(3)}`,
      wrong: Math.abs(published.value - truth.value) > 3 * truth.standardError + 0.02,
    };
  });
  return [
    {
      claim: "The EI of the first MNIST layer is what the published estimator gives.",
      paper: "EI of X → T1, 25 inputs at 8 bins, by the plug-in (figures 2, 4, 5).",
      found: `${lines.map(({ text }) => text).join("; ")} bits.`,
      verdict: lines.some(({ wrong }) => wrong) ? "does not hold" : "holds",
      because:
        "25 inputs at 8 bins have 8²⁵ states; no two samples share one, so the plug-in takes every output for determined by its input and returns the entropy of the outputs.",
    },
  ];
}
