/** A network and data of the user's. */
import { trainingStudy } from "../common/training-study.ts";
import { about } from "./about.ts";

export const study = trainingStudy({
  ...about,
  data: "digits",
  anyData: true,
  files: "tables",
  presets: () => ({
    reduction: "mean",
    loss: "cross-entropy",
    optimizer: "adam",
    bias: true,
    outputActivation: "softmax",
    epochs: 200,
    every: 20,
    tolerance: 0.1,
  }),
  examples: ["--data flowers.csv --layers 4-8-3"],
});
