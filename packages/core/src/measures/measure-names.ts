/** The names of measures, by themselves, so that a page needs nothing else to name them. */

/** The measures of a layer, in the order in which tables have them. */
export const MEASURES = ["ei", "eiParts", "sensitivity", "degeneracy", "phi"] as const;
/** The name of a measure, as settings and results have it: "ei", "eiParts", "sensitivity", "degeneracy" or "phi". */
export type MeasureName = (typeof MEASURES)[number];

/** What tables, figures and pages call them. */
export const MEASURE_TITLES: Readonly<Record<MeasureName, string>> = {
  ei: "EI",
  eiParts: "EI_parts",
  sensitivity: "sensitivity",
  degeneracy: "degeneracy",
  phi: "φ",
};

type Difference = "degeneracy" | "phi";
/** What is measured, and not the difference of two others. */
export type DirectMeasure = Exclude<MeasureName, Difference>;

type Pair = readonly [DirectMeasure, DirectMeasure];
/** What a measure is the difference of. */
export const PARTS: Readonly<Partial<Record<MeasureName, Pair>>> = {
  degeneracy: ["sensitivity", "ei"],
  phi: ["ei", "eiParts"],
} satisfies Record<Difference, Pair>;

/** What must be measured for those that are asked for. */
export function neededFor(asked: Iterable<MeasureName>): Set<MeasureName> {
  return new Set([...asked].flatMap((measure) => PARTS[measure] ?? [measure]));
}
