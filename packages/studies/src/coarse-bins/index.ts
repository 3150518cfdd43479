/** What the grain of the bins does to the first network of the paper: degeneracy below zero. */

import { layerSeed, measureSomeOfLayers } from "@causalscope/core/measures";
import { mechanisms } from "@causalscope/core/models";
import { options } from "@causalscope/core/schema";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { overSeeds, plusMinus } from "@causalscope/runs/internal";
import { epochsOption, option, type Parsed, seedsOption, toleranceOption, wholes } from "@causalscope/runs/options";
import { beforeAndAfter, mnistLayers } from "../common/before-and-after.ts";
import { inOneGo, type PartContext, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";

const schema = options({
  seeds: seedsOption([0, 1, 2]),
  layers: mnistLayers,
  // Passes over 4,150 images; the network is measured before the first and after the last.
  epochs: epochsOption(600),
  bins: option(wholes(2, 1024), { is: "numbers of bins: 8,16,32", preset: [4, 8, 16, 32, 64] }),
  tolerance: toleranceOption(0.02),
});

type Options = Parsed<typeof schema>;

interface CoarseBinsPart extends Part {
  readonly seed: number;
  readonly options: Options;
}

export const study: Study<Options, CoarseBinsPart> = {
  ...about,
  options: schema,
  parts: (asked) =>
    asked.seeds.map((seed) => ({
      at: `seed ${seed}`,
      seconds: asked.epochs / 700 + 2 * asked.bins.length,
      seed,
      options: asked,
    })),
  run: inOneGo(measured),
  settings: (asked) => [
    ["network", `${asked.layers.join(" → ")}, sigmoid, no biases`],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 training examples"],
    ["measured", `before training and after ${asked.epochs} epochs`],
    ["bins", asked.bins.join(", ")],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seeds", asked.seeds.join(", ")],
  ],
  findings,
  figures: async () => [],
  quick: { epochs: 5, bins: [4, 8], seeds: [0] },
};

async function measured({ seed, options: asked }: CoarseBinsPart, context: PartContext): Promise<ValueRow[]> {
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
}

function findings({ bins, epochs }: Options, { values }: Rows): Finding[] {
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
      paper: "EI = sensitivity − degeneracy, where degeneracy is what is lost to overlap; its figure 4 starts below 0.",
      found: `Layers with negative degeneracy: ${by.join("; ")}. The lowest at ${eight} bins: ${deepest.value.toFixed(2)} bits (standard error of measuring ${deepest.standardError.toFixed(2)}). Sensitivity of all layers before training at ${eight} bins: ${plusMinus(sensitivity)} bits.`,
      verdict: negative ? "does not hold" : "holds",
      because:
        "At first, each weight moves an output by less than a bin while the others rest, so sensitivity is 0; all inputs together cross many bin edges. Finer bins or larger weights end this.",
    },
  ];
}
