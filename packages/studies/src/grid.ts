/** What studies over a grid of settings share: parts that are done in order, left out where they are finished, and rows of estimates. */
import type { Estimate } from "@causalscope/core";
import type { FinishedValues } from "@causalscope/runs";
import { unitOf, type ValueRow, valueSteps } from "@causalscope/runs";
import type { StudyContext } from "./study.ts";

export interface Part {
  /** What a progress line says of it. */
  readonly at: string;
  /** Seconds it may take, relative to the other parts. Default 1. */
  readonly weight?: number;
  readonly rows: (context: PartContext) => Promise<readonly ValueRow[]>;
}

export interface PartContext extends Pick<StudyContext, "signal" | "pool" | "memory" | "data"> {
  readonly onProgress: (fraction: number) => void;
}

/** The results and steps of a study whose question makes such parts. */
export function doneInParts<Asked>(parts: (asked: Asked) => readonly Part[]) {
  return {
    results: (asked: Asked, context: StudyContext) => inParts(parts(asked), context),
    steps: (asked: Asked) => valueSteps(parts(asked).length),
  };
}

/** Does those parts that are not finished, in order. */
async function* inParts(
  parts: readonly Part[],
  { finished = [], signal, onProgress, ...rest }: StudyContext,
): AsyncGenerator<FinishedValues, void> {
  const done = new Set(finished.map(({ step }) => step));
  const weights = parts.map(({ weight = 1 }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  for (const [step, { at, rows }] of parts.entries()) {
    const start = before;
    const tell = (fraction: number) => onProgress?.({ at, done: start + fraction * weights[step]!, total });
    if (!done.has(step)) {
      tell(0);
      const values = await rows({ ...rest, signal, onProgress: tell });
      signal?.throwIfAborted();
      yield { step, values };
    }
    before += weights[step]!;
    tell(1);
  }
}

/** One row per estimate. */
export function valueRows(
  setting: ValueRow["setting"],
  found: Readonly<Record<string, Pick<Estimate, "bits" | "standardError" | "method" | "samples"> | undefined>>,
): ValueRow[] {
  return Object.entries(found).flatMap(([measure, estimate]) => {
    if (estimate === undefined) return [];
    const { bits, standardError, method, samples } = estimate;
    return [{ setting, measure, value: bits, unit: unitOf(measure), standardError, method, samples }];
  });
}

/** A number that no measure found, such as an accuracy or a loss, in the unit of what it is named by. */
export function plainValue(
  value: number,
  standardError = 0,
): Pick<Estimate, "bits" | "standardError" | "method" | "samples"> {
  return { bits: value, standardError, method: standardError === 0 ? "exact" : "derived", samples: 0 };
}
