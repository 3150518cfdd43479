/** The results of a run, in the order in which they are finished: what its parts imply, whoever performs them. */
import type { Part, StepPlan } from "./study.ts";

/** A result: of which part, by its position, and at which of its steps. */
export interface Place {
  readonly part: number;
  readonly step: number;
}

/** All results that a run is to have, in the order in which they are finished. */
export interface Steps {
  /** How many there are. */
  readonly count: number;
  /** @param index from 0, below `count`. */
  at(index: number): Place;
  /** "seed 0, epoch 50"; of a part with one result, what it is at. */
  textOf(place: Place): string;
}

/** How many results a part has. */
export function stepsIn({ steps }: Pick<Part, "steps">): number {
  if (steps === undefined) return 1;
  return "at" in steps ? steps.at.length : Math.ceil(steps.last / steps.every) + 1;
}

/** The step of a part's result, by its position. */
export function stepAt(steps: StepPlan | undefined, index: number): number {
  if (steps === undefined) return 0;
  return "at" in steps ? steps.at[index]! : Math.min(index * steps.every, steps.last);
}

/** Which result of a part it is that has this step, from 0. */
export function indexOfStep(steps: StepPlan, step: number): number {
  return "at" in steps ? steps.at.indexOf(step) : Math.ceil(step / steps.every);
}

/** Part after part. */
export function stepsOf(parts: readonly Part[]): Steps {
  const before = [0];
  for (const part of parts) before.push(before.at(-1)! + stepsIn(part));
  return {
    count: before.at(-1)!,
    at(index) {
      const part = before.findLastIndex((first) => first <= index);
      const { steps } = parts[part]!;
      return { part, step: stepAt(steps, index - before[part]!) };
    },
    textOf({ part, step }) {
      const { at, steps } = parts[part] ?? { at: `part ${part + 1}` };
      return steps === undefined ? at : `${at}, ${steps.unit} ${step}`;
    },
  };
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.part === b.part && a.step === b.step;
}
