/** The steps of a run, in the order in which they are finished: what its question implies, whoever asks. */

/** A checkpoint of a seed, or a part of a study that trains nothing. */
export type Step = { readonly seed: number; readonly epoch: number } | { readonly part: number };

export interface Steps {
  readonly kind: "training" | "values";
  /** How many there are. */
  readonly count: number;
  /** @param index from 0, below `count`. */
  at(index: number): Step;
}

/** Seed after seed, each at epoch 0, every so many epochs, and at the end. */
export function trainingSteps(seeds: readonly number[], epochs: number, every: number): Steps {
  const perSeed = Math.ceil(epochs / every) + 1;
  return {
    kind: "training",
    count: perSeed * seeds.length,
    at: (index) => ({ seed: seeds[Math.floor(index / perSeed)]!, epoch: Math.min((index % perSeed) * every, epochs) }),
  };
}

export function valueSteps(count: number): Steps {
  return { kind: "values", count, at: (part) => ({ part }) };
}

export function stepText(step: Step): string {
  return "part" in step ? `part ${step.part + 1}` : `seed ${step.seed}, epoch ${step.epoch}`;
}

export function isSameStep(a: Step, b: Step): boolean {
  return "part" in a ? "part" in b && a.part === b.part : "seed" in b && a.seed === b.seed && a.epoch === b.epoch;
}
