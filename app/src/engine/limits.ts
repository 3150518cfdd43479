/** What a page can hold. What asks for more is refused before anything is made of it. */
import { TooMuchError } from "@causalscope/core/errors";
import type { Study } from "@causalscope/runs";

/** Weights of a network: training, checkpoints and drawings hold each many times. */
const MOST_WEIGHTS = 2_000_000;
/** Layers at checkpoints: each has five measures, which the page keeps. */
const MOST_MEASURED = 50_000;

/** Checkpoints of all seeds. */
export function countOf(study: Study, options: Readonly<Record<string, unknown>>): number {
  const { seeds } = options as { readonly seeds: readonly unknown[] };
  const [first] = study.parts({ ...options, seeds: seeds.slice(0, 1) });
  const steps = first?.steps;
  const each = steps === undefined ? 1 : "at" in steps ? steps.at.length : Math.ceil(steps.last / steps.every) + 1;
  return seeds.length * each;
}

/** @throws TooMuchError */
export function requireRoom(study: Study, options: Readonly<Record<string, unknown>>): void {
  const layers = study.network!(options).layers;
  const refuse = (expected: string, got: string) => {
    const remedy = "Ask for less, or use the command: it can write to a disk.";
    throw new TooMuchError({ who: "this page", expected, got, remedy });
  };
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  if (weights > MOST_WEIGHTS) refuse(`a network of at most ${whole(MOST_WEIGHTS)} weights`, whole(weights));
  const measured = countOf(study, options) * layers.length;
  if (measured > MOST_MEASURED) {
    const got = `${whole(measured)} (checkpoints × seeds × layers)`;
    refuse(`at most ${whole(MOST_MEASURED)} layers to measure`, got);
  }
}

const whole = (count: number) => count.toLocaleString("en");
