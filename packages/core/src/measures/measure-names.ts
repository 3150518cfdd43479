/** The names of measures, by themselves, so that a page needs nothing else to name them. */

/** The measures of a layer, in the order in which tables have them. */
export const MEASURES = ["ei", "eiParts", "sensitivity", "degeneracy", "phi"] as const;
/** The name of a measure, as settings and results have it: "ei", "eiParts", "sensitivity", "degeneracy" or "phi". */
export type MeasureName = (typeof MEASURES)[number];

/** What is measured, and not the difference of two others. */
export type DirectMeasure = "ei" | "eiParts" | "sensitivity";

/** What a measure is the difference of. */
export const PARTS: Readonly<Partial<Record<MeasureName, readonly [DirectMeasure, DirectMeasure]>>> = {
  degeneracy: ["sensitivity", "ei"],
  phi: ["ei", "eiParts"],
};

/** What must be measured for those that are asked for. */
export function neededFor(asked: Iterable<MeasureName>): Set<MeasureName> {
  return new Set([...asked].flatMap((measure) => PARTS[measure] ?? [measure]));
}
