/** The EI of a first layer whose inputs have more states than any sample visits, by the published estimator and as it is. */
import { effectiveInformation } from "@causalscope/core";
import { counted, greatest } from "@causalscope/core/basics";
import { mechanisms } from "@causalscope/core/models";
import { options, seed, whole } from "@causalscope/core/schema";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { epochsOption, option, type Parsed, toleranceOption, wholes } from "@causalscope/runs/options";
import { beforeAndAfter, mnistLayers } from "../common/before-and-after.ts";
import { inOneGo, type PartContext, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";

const schema = options({
  seed: option(seed, { is: "seed of the weights and the noise", preset: 0 }),
  layers: mnistLayers,
  epochs: epochsOption(600),
  bins: option(whole(2, 1024), { is: "bins per neuron", preset: 8 }),
  samples: option(wholes(10, 1e9), { is: "samples of the plug-in: 1000,10000", preset: [1e4, 1e5, 1e6] }),
  tolerance: toleranceOption(0.01),
});

type Options = Parsed<typeof schema>;

interface FirstLayerPart extends Part {
  readonly options: Options;
}

export const study: Study<Options, FirstLayerPart> = {
  ...about,
  options: schema,
  parts: (asked) => {
    const drawn = asked.samples.reduce((sum, each) => sum + each, 0);
    return [{ at: "the first layer", seconds: asked.epochs / 350 + drawn / 2.5e5, options: asked }];
  },
  run: inOneGo(measured),
  settings: (asked) => [
    ["mechanism", `the first layer of ${asked.layers.join(" → ")}, sigmoid, no biases`],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 training examples"],
    ["measured", `before training and after ${counted(asked.epochs, "epoch")}`],
    ["bins", `${asked.bins}`],
    ["samples of the plug-in", asked.samples.join(", ")],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seed", `${asked.seed}`],
  ],
  findings,
  figures: async () => [],
  quick: { epochs: 5, samples: [10_000] },
};

const FINEST = 65_536;

async function measured({ options: asked }: FirstLayerPart, context: PartContext): Promise<ValueRow[]> {
  const { seed, bins, samples, tolerance } = asked;
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
      const found = await effectiveInformation(first, { ...options, tolerance: 0, samples: draws, method: "plug-in" });
      rows.push(...valueRows({ ...place, draws }, { ei: found }));
    }
    onProgress(0.5 + (k + 1) / 4);
  }
  return rows;
}

function findings({ epochs, samples }: Options, { values }: Rows): Finding[] {
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
      paper: "EI of X → T1, 25 inputs with 8 bins, by the plug-in (figures 2, 4, 5).",
      found: `${lines.map(({ text }) => text).join("; ")} bits.`,
      verdict: lines.some(({ wrong }) => wrong) ? "does not hold" : "holds",
      because:
        "25 inputs with 8 bins have 8²⁵ states, and no two samples share one. The plug-in therefore treats every output as determined by its input, and returns the entropy of the outputs.",
    },
  ];
}
