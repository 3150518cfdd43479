/** Whether deeper networks on harder data integrate more: left open by Mattsson, Michaud & Hoel (2020). */
import { options, whole } from "@causalscope/core/schema";
import { plusMinus } from "@causalscope/runs/internal";
import { option, wholes } from "@causalscope/runs/options";
import { atEnd, comparedOptions, comparisonStudy, learnerAt, trainingOptionsOf } from "../common/comparison.ts";
import { notLearned, presupposing } from "../common/premise.ts";
import { trainingOf } from "../common/training-options.ts";
import { about } from "./about.ts";

const HARDER = [
  { data: "mnist", side: 5, features: 25, classes: 5 },
  { data: "digits", side: 8, features: 64, classes: 10 },
] as const;

export const study = comparisonStudy({
  ...about,
  options: options({
    ...comparedOptions({ epochs: 400, tolerance: 0.1 }),
    depths: option(wholes(1, 20), { is: "numbers of hidden layers: 1,2,4", preset: [1, 2, 4] }),
    width: option(whole(1, 1000), { is: "units per hidden layer", preset: 10 }),
  }),
  variants: ({ depths, width, ...rest }) =>
    HARDER.flatMap(({ data, side, features, classes }) =>
      depths.map((depth) => ({
        setting: { data, depth },
        training: trainingOf({
          ...trainingOptionsOf(rest),
          data,
          side,
          layers: [features, ...Array.from({ length: depth }, () => width), classes],
          batch: 50,
          bias: true,
          optimizer: "adam",
          learningRate: 0.003,
          reduction: "mean",
        }),
      })),
    ),
  title: "Deeper networks on harder data",
  quick: { epochs: 3, seeds: [0, 1], depths: [1, 2] },
  settings: ({ depths, width }) => [
    ["networks", `${depths.join(", ")} hidden layers of ${width}, sigmoid, with biases`],
    ["data", "MNIST's test images at 5 × 5, 5 classes; 8 × 8 digits, 10 classes"],
  ],
  seconds: ({ seeds, epochs, depths }) => 2 * seeds.length * depths.length * (epochs / 250 + 5),
  findings: ({ epochs, depths }, { values }) => {
    const line = (measure: string, data: string, decimals = 2) =>
      depths
        .map((depth) => `${plusMinus(atEnd(values, epochs, measure, { data, depth }), decimals)} with ${depth}`)
        .join(", ");
    const per = (data: string, depth: number) => atEnd(values, epochs, "phi", { data, depth }).mean / (depth + 1);
    const missing = (depth: number) =>
      notLearned(
        HARDER.map(({ data, classes }) => ({
          ...learnerAt(values, epochs, `${data} with ${depth} hidden layers`, { data, depth }),
          classes,
        })),
      );
    const learned = depths.filter((depth) => missing(depth) === "");
    const left = depths.flatMap((depth) => missing(depth) || []).join("; ");
    const most = learned.at(-1) ?? depths.at(-1)!;
    const harder = per("digits", most) > per("mnist", most);
    return [
      presupposing(learned.length === 0 ? left : "", {
        claim: "Do deeper networks on harder data integrate more?",
        paper: "The authors leave this open for tasks that need depth.",
        found: HARDER.map(
          ({ data }) =>
            `${data}: EI ${line("ei", data)}; φ ${line("phi", data)} hidden layers; test accuracy ${line("testAccuracy", data, 3)}`,
        ).join(". "),
        verdict: "answered",
        because: `φ for each layer with ${most} hidden layers: ${per("digits", most).toFixed(2)} bits for ten classes, ${per("mnist", most).toFixed(2)} for five: ${harder ? "more" : "not more"} for the harder data.${left === "" ? "" : ` Not judged by: ${left}.`}`,
      }),
    ];
  },
});
