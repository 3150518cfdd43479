/** Whether a network that memorises differs from one that generalises: left open by Mattsson, Michaud & Hoel (2020). */
import { options, whole } from "@causalscope/core/schema";
import { plusMinus } from "@causalscope/runs/internal";
import { option } from "@causalscope/runs/options";
import { atEnd, comparedOptions, comparisonStudy, learnerAt, signOf, trainingOptionsOf } from "../common/comparison.ts";
import { notLearned, presupposing } from "../common/premise.ts";
import { trainingOf } from "../common/training-options.ts";
import { about } from "./about.ts";

export const study = comparisonStudy({
  ...about,
  options: options({
    ...comparedOptions({ epochs: 8000, tolerance: 0.02 }),
    // Few enough that random labels can be learned.
    trainRows: option(whole(10, 5000), { is: "number of training examples", preset: 100 }),
  }),
  variants: ({ trainRows, ...rest }) =>
    ["true", "random"].map((labels) => ({
      setting: { labels },
      training: trainingOf({
        ...trainingOptionsOf(rest),
        trainRows,
        randomLabels: labels === "random",
        layers: [25, 12, 12, 5],
        batch: 10,
        bias: true,
        optimizer: "adam",
        learningRate: 0.005,
      }),
    })),
  title: "Memorizing random labels against generalizing",
  quick: { epochs: 50, seeds: [0, 1] },
  settings: ({ trainRows }) => [
    ["network", "25 → 12 → 12 → 5, sigmoid, with biases"],
    ["data", `MNIST's test images, reduced to 5 × 5, 5 classes, ${trainRows} examples to learn from`],
    ["labels for training", "true, or drawn at random"],
  ],
  seconds: ({ seeds, epochs, trainRows }) => 2 * seeds.length * ((epochs * trainRows) / 4e5 + 3),
  findings: ({ epochs }, { values }) => {
    const of = (measure: string, labels: string) => atEnd(values, epochs, measure, { labels });
    const both = (measure: string, decimals = 2) =>
      `${plusMinus(of(measure, "true"), decimals)} against ${plusMinus(of(measure, "random"), decimals)}`;
    const change = (measure: string) => signOf(of(measure, "true"), of(measure, "random"));
    const missing = notLearned(
      ["true", "random"].map((labels) => ({
        ...learnerAt(values, epochs, `the network with ${labels} labels`, { labels }, "trainAccuracy"),
        classes: 5,
      })),
    );
    return [
      presupposing(missing, {
        claim: "Does a network that memorizes differ in its causal structure from one that generalizes?",
        paper: "The authors leave this open.",
        found: `True against random labels, sums over the layers in bits: EI ${both("ei")}, EI_parts ${both("eiParts")}, φ ${both("phi")}, sensitivity ${both("sensitivity")}, degeneracy ${both("degeneracy")}. Accuracy on training images ${both("trainAccuracy", 3)}, on other images ${both("testAccuracy", 3)}.`,
        verdict: "answered",
        because: `With random labels EI ${change("ei")}, sensitivity ${change("sensitivity")}, degeneracy ${change("degeneracy")}, φ ${change("phi")}.`,
      }),
    ];
  },
});
