/** When counting states says something, and when it does not: limits that all counting estimators share. */

/** States seen once above this share of the first samples: the number of samples that would help is out of reach. */
export const HOPELESS = 0.95;
/** States seen once above this share in the end: the correction of the bias is not to be trusted. */
export const UNSATURATED = 0.4;
/** More distinct states than this among 32 draws of a cell: its entropy cannot be counted. */
export const CELL_STATES = 22;
/** Samples inside the output range that are too few to say anything. */
export const FEW = 200;
