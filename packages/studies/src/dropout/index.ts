/** What dropout does to the causal structure of a network: left open by Mattsson, Michaud & Hoel (2020) and by their reference implementation. */
import { options } from "@causalscope/core/schema";
import { plusMinus } from "@causalscope/runs/internal";
import { numbers, option } from "@causalscope/runs/options";
import { atEnd, comparedOptions, comparisonStudy, learnerAt, signOf, trainingOptionsOf } from "../common/comparison.ts";
import { notLearned, presupposing } from "../common/premise.ts";
import { trainingOf } from "../common/training-options.ts";
import { about } from "./about.ts";

const rates = numbers((rate) => rate >= 0 && rate < 1, "at least two fractions from 0, below 1", 2);

export const study = comparisonStudy({
  ...about,
  options: options({
    ...comparedOptions({ epochs: 600, tolerance: 0.02 }),
    rates: option(rates, { is: "fractions of dropped units: 0,0.2,0.5", preset: [0, 0.1, 0.2, 0.35, 0.5] }),
  }),
  variants: ({ rates, ...rest }) =>
    rates.map((dropout) => ({
      setting: { dropout },
      training: trainingOf({ ...trainingOptionsOf(rest), dropout, layers: [25, 12, 12, 5], batch: 50 }),
    })),
  title: "What dropout does to EI",
  quick: { epochs: 5, seeds: [0, 1], rates: [0, 0.5] },
  settings: ({ rates }) => [
    ["network", "25 → 12 → 12 → 5, sigmoid, no biases"],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 training examples"],
    ["dropout of hidden units", rates.join(", ")],
  ],
  seconds: ({ seeds, epochs, rates }) => seeds.length * rates.length * (epochs / 500 + 3),
  findings: ({ rates, epochs }, { values }) => {
    const of = (measure: string, dropout: number) => atEnd(values, epochs, measure, { dropout });
    const line = (measure: string, decimals = 2) =>
      rates.map((rate) => `${plusMinus(of(measure, rate), decimals)} at ${rate}`).join(", ");
    const learners = rates.map((dropout) => ({
      ...learnerAt(values, epochs, `the network with dropout ${dropout}`, { dropout }),
      classes: 5,
    }));
    // What dropout does to a network that it keeps from learning is another question.
    const learned = rates.filter((_, k) => notLearned([learners[k]!]) === "");
    const missing = notLearned(learners);
    const [first, last] = [learned[0] ?? rates[0]!, learned.at(-1) ?? rates.at(-1)!];
    const [ei, parts, phi] = ["ei", "eiParts", "phi"].map((measure) => signOf(of(measure, first), of(measure, last)));
    return [
      presupposing(learned.length < 2 ? missing : "", {
        claim: "What does dropout do to the effective information of a network?",
        paper: "The authors leave this open.",
        found: `Sums over the layers at the end, in bits: EI ${line("ei")}; EI_parts ${line("eiParts")}; φ ${line("phi")}. Test accuracy ${line("testAccuracy", 3)}.`,
        verdict: "answered",
        because: `From ${first} to ${last}, EI ${ei}, EI_parts ${parts}, φ ${phi}.${missing === "" ? "" : ` Not judged by: ${missing}.`}`,
      }),
    ];
  },
});
