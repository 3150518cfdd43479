/** The training runs of Mattsson, Michaud & Hoel (2020), and the same on other data. */
import type { TrainingStudy } from "./study.ts";
import { studySummaries } from "./summaries.ts";
import { type TrainingDefinition, type TrainingOptions, type TrainingQuestion, trainingStudy } from "./training.ts";

/**
 * The authors' 500 epochs of 25,000 images make 250,000 steps. The package's images are fewer: six passes over 4,150 of them make the
 * 498 steps of one such epoch.
 */
const EMBEDDED_PASSES = 6;

/** Five hidden layers of sigmoids stand still for about the authors' 500 epochs; after four times as many they have learned. */
const DEEP_TIMES = 4;

function mnist(layers: readonly number[], every: number, rest: Partial<TrainingOptions> = {}, times = 1) {
  return (source: TrainingOptions["source"]): Partial<TrainingOptions> => {
    const passes = times * (source === "embedded" ? EMBEDDED_PASSES : 1);
    return { layers, batch: 50, epochs: 500 * passes, every: every * passes, ...rest };
  };
}

const DEFINITIONS: readonly TrainingDefinition[] = [
  {
    name: "iris",
    summary: studySummaries.iris,
    data: "iris",
    defaults: () => ({ layers: [4, 5, 5, 3], batch: 10, epochs: 4000, every: 50 }),
  },
  {
    name: "mnist",
    summary: studySummaries.mnist,
    data: "mnist",
    defaults: mnist([25, 6, 6, 6, 5], 10),
  },
  {
    name: "mnist-shallow",
    summary: studySummaries["mnist-shallow"],
    data: "mnist",
    defaults: mnist([25, 6, 5], 10),
  },
  {
    name: "mnist-deep",
    summary: studySummaries["mnist-deep"],
    data: "mnist",
    defaults: mnist([25, 6, 6, 6, 6, 6, 5], 10, {}, DEEP_TIMES),
  },
  {
    name: "mnist-tanh",
    summary: studySummaries["mnist-tanh"],
    data: "mnist",
    defaults: mnist([25, 6, 6, 6, 5], 20, { activation: "tanh" }),
  },
  {
    name: "mnist-relu",
    summary: studySummaries["mnist-relu"],
    data: "mnist",
    defaults: mnist([25, 6, 6, 6, 5], 20, { activation: "relu", valueRange: [0, 1] }),
  },
  {
    name: "fashion",
    summary: studySummaries.fashion,
    data: "fashion",
    defaults: mnist([25, 6, 6, 6, 5], 10),
  },
  {
    name: "train",
    summary: studySummaries.train,
    data: "digits",
    anyData: true,
    defaults: () => ({
      reduction: "mean",
      loss: "cross-entropy",
      optimizer: "adam",
      bias: true,
      outputActivation: "softmax",
      epochs: 200,
      every: 20,
      tolerance: 0.1,
    }),
  },
];

export const trainingStudies: Readonly<Record<string, TrainingStudy<TrainingOptions, TrainingQuestion>>> =
  Object.fromEntries(DEFINITIONS.map((definition) => [definition.name, trainingStudy(definition)]));
