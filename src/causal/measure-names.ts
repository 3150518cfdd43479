/** The measures of a layer, in the order in which tables have them. By itself, so that a page needs nothing else to name them. */
export const MEASURES = ["ei", "eiParts", "sensitivity", "degeneracy", "phi"] as const;
export type MeasureName = (typeof MEASURES)[number];
