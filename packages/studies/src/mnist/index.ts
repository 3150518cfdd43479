/** The network of Mattsson, Michaud & Hoel (2020) on MNIST, other depths and activations of it, and the same on Fashion-MNIST. */
import type { About } from "../common/about.ts";
import { type TrainingDefinition, trainingStudy } from "../common/training-study.ts";
import * as about from "./about.ts";

/**
 * The authors' 500 epochs of 25,000 images make 250,000 steps. The package's images are fewer: six passes over 4,150 of them make the
 * 498 steps of one such epoch.
 */
const EMBEDDED_PASSES = 6;

/** Five hidden layers of sigmoids stand still for about the authors' 500 epochs; after four times as many they have learned. */
const DEEP_TIMES = 4;

type Presets = ReturnType<TrainingDefinition["presets"]>;

function images(
  about: About,
  layers: readonly number[],
  every: number,
  { data = "mnist", times = 1, ...rest }: Presets & { readonly times?: number } = {},
) {
  return trainingStudy({
    ...about,
    data,
    files: "images",
    presets: (source) => {
      const passes = times * (source === "embedded" ? EMBEDDED_PASSES : 1);
      return { layers, batch: 50, epochs: 500 * passes, every: every * passes, ...rest };
    },
    examples: ["--seeds 1 --epochs 400 --out quick"],
  });
}

const STANDARD = [25, 6, 6, 6, 5];

export const standard = images(about.standard, STANDARD, 10);
export const shallow = images(about.shallow, [25, 6, 5], 10);
export const deep = images(about.deep, [25, 6, 6, 6, 6, 6, 5], 10, { times: DEEP_TIMES });
export const tanh = images(about.tanh, STANDARD, 20, { activation: "tanh" });
export const relu = images(about.relu, STANDARD, 20, { activation: "relu", valueRange: [0, 1] });
export const fashion = images(about.fashion, STANDARD, 10, { data: "fashion" });
