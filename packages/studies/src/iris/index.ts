/** The network of Mattsson, Michaud & Hoel (2020) on Iris. */
import { trainingStudy } from "../common/training-study.ts";
import { about } from "./about.ts";

export const study = trainingStudy({
  ...about,
  data: "iris",
  presets: () => ({ layers: [4, 5, 5, 3], batch: 10, epochs: 4000, every: 50 }),
  quick: { epochs: 200, every: 20 },
  examples: ["--layers 4-6-3 --activation tanh --bins 16", "--seeds 1 --epochs 400 --out quick"],
});
