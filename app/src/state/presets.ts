/** Questions to begin with. */
import type { Question } from "../engine/protocol.ts";

export interface Preset {
  readonly name: string;
  readonly title: string;
  /** What there is to see, in a sentence. */
  readonly about: string;
  readonly question: Question;
}

const toy = (data: string, layers: readonly number[], more: Readonly<Record<string, unknown>> = {}): Question => ({
  study: "train",
  options: { data, layers, activation: "tanh", epochs: 400, every: 20, seeds: [0], ...more },
});

export const PRESETS: readonly Preset[] = [
  {
    name: "iris",
    title: "Paper: Iris",
    about: "Three species of flowers, four measurements: 4-5-5-3, as in the paper.",
    question: { study: "iris", options: { seeds: [0, 1, 2], epochs: 2000, every: 50 } },
  },
  {
    name: "mnist",
    title: "Paper: MNIST",
    about: "Digits 0 to 4 at 5 × 5 pixels: 25-6-6-6-5, as in the paper.",
    question: { study: "mnist", options: { seeds: [0, 1, 2], epochs: 300, every: 10, tolerance: 0.05 } },
  },
  {
    name: "xor",
    title: "XOR",
    about: "Four points that no straight line divides.",
    question: toy("xor", [2, 3, 2], { batch: 4, epochs: 600 }),
  },
  {
    name: "spiral",
    title: "Spiral",
    about: "Two spirals, one in the other: watch the decision boundary curl.",
    question: toy("spiral", [2, 8, 8, 2], { batch: 20, epochs: 300 }),
  },
  {
    name: "circles",
    title: "Circles",
    about: "A disc in a ring.",
    question: toy("circles", [2, 5, 2], { batch: 20, epochs: 200 }),
  },
  {
    name: "digits",
    title: "Digits",
    about: "Handwritten digits at 8 × 8 pixels, ten classes.",
    question: { study: "train", options: { data: "digits", seeds: [0], epochs: 60, every: 5 } },
  },
];

export function presetOf(name: string): Preset | undefined {
  return PRESETS.find((each) => each.name === name);
}
