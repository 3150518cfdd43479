/**
 * A learner with few things to learn, of which everything can be counted: which pixel tells two classes apart, and which way round. What its
 * choice tells of all examples, and of a single one, is found by learning again and again from examples drawn with replacement.
 */
import type { Dataset } from "@causalscope/core";
import { contingencyTable, entropyFromCounts, informationFromCounts } from "@causalscope/core/information";
import { chanceInformation, derivedSeed, margins, Random, Stream } from "@causalscope/core/internal";

export interface FiniteLearning {
  /** I(D; W) = H(W), in bits: the choice is a function of the examples. Corrected by Miller and Madow. */
  readonly weights: number;
  /** I(W; Dᵢ), the same for each example, in bits: plug-in, which is too high; and less what shuffled examples would have. */
  readonly example: number;
  readonly exampleCorrected: number;
  /** Mean fraction of mistakes among all rows less that among those that were learned from. */
  readonly gap: number;
}

/** A pixel is on from half of its range. */
const ON = 0.5;

/**
 * @param data two classes; the rows are the population that examples are drawn from. @param examples learned from at a time.
 * @param trainings how often, which is what errors of the counts fall with.
 */
export function finiteLearning(data: Dataset, examples: number, trainings: number, seed: number): FiniteLearning {
  const { rows, features, inputs, labels } = data;
  // Mistakes of each choice on each row: the pixel tells class 1 where it is on, or where it is off.
  const wrong = Array.from({ length: rows }, (_, row) =>
    Uint8Array.from({ length: 2 * features }, (_, choice) => {
      const isOn = inputs[row * features + (choice >> 1)]! > ON;
      return Number(isOn === (choice % 2 === 0) ? labels![row] !== 1 : labels![row] !== 0);
    }),
  );
  const whole = new Int32Array(2 * features);
  for (const own of wrong) for (const [choice, mistake] of own.entries()) whole[choice]! += mistake;
  const choices = new Int32Array(trainings * examples);
  const drawn = new Int32Array(trainings * examples);
  const chosen = new Int32Array(2 * features);
  const mistakes = new Int32Array(2 * features);
  let gap = 0;
  for (let training = 0; training < trainings; training++) {
    const random = new Random(derivedSeed(seed, training), Stream.examples);
    mistakes.fill(0);
    const from = training * examples;
    for (let n = from; n < from + examples; n++) {
      drawn[n] = random.below(rows);
      const own = wrong[drawn[n]!]!;
      for (let choice = 0; choice < own.length; choice++) mistakes[choice]! += own[choice]!;
    }
    // Of equally good ones the first.
    let best = 0;
    for (let choice = 1; choice < mistakes.length; choice++) if (mistakes[choice]! < mistakes[best]!) best = choice;
    choices.fill(best, from, from + examples);
    chosen[best]!++;
    gap += (whole[best]! / rows - mistakes[best]! / examples) / trainings;
  }
  const table = contingencyTable(choices, drawn);
  const { ofRows, ofColumns } = margins(table);
  const example = informationFromCounts(table).bits;
  return {
    weights: entropyFromCounts(chosen, "miller-madow").bits,
    example,
    exampleCorrected: Math.max(0, example - chanceInformation(ofRows, ofColumns)),
    gap,
  };
}
