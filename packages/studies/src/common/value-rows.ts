/** What studies share whose parts have one result each, rows of values. */
import type { Estimate } from "@causalscope/core";
import type { Part, PartResult, StudyWork } from "@causalscope/runs";
import { unitOf, type ValueRow } from "@causalscope/runs";

export interface PartContext extends Omit<StudyWork, "onProgress"> {
  /** Done of the part, 0 … 1. */
  readonly onProgress: (fraction: number) => void;
}

/** The `run` of a study whose part makes its rows in one go. */
export function inOneGo<OwnPart extends Part>(
  rowsOf: (part: OwnPart, context: PartContext) => Promise<readonly ValueRow[]>,
) {
  return async function* (part: OwnPart, work: StudyWork): AsyncGenerator<PartResult, void> {
    const values = await rowsOf(part, { ...work, onProgress: (fraction) => work.onProgress?.({ fraction }) });
    work.signal?.throwIfAborted();
    yield { step: 0, rows: { values }, blobs: [] };
  };
}

type Valued = Pick<Estimate, "bits" | "standardError" | "method" | "samples">;

/** One row per estimate. */
export function valueRows(
  setting: ValueRow["setting"],
  found: Readonly<Record<string, Valued | undefined>>,
): ValueRow[] {
  return Object.entries(found).flatMap(([measure, estimate]) => {
    if (estimate === undefined) return [];
    const { bits, standardError, method, samples } = estimate;
    return [{ setting, measure, value: bits, unit: unitOf(measure), standardError, method, samples }];
  });
}

/** A number that no measure found, such as an accuracy or a loss, in the unit of what it is named by. */
export function plainValue(value: number, standardError = 0): Valued {
  return { bits: value, standardError, method: standardError === 0 ? "exact" : "derived", samples: 0 };
}

/** Parts that share so many seconds by their weights. */
export function sharing<OwnPart extends Part>(
  seconds: number,
  parts: readonly { readonly weight: number; readonly part: OwnPart }[],
): OwnPart[] {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.map(({ weight, part }) => ({ ...part, seconds: (seconds * weight) / total }));
}
