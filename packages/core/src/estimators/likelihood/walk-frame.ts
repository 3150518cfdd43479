/** A rectangle of linear images of a cube, and the ways that particles can go in it. */
import type { Directions } from "../../kernels/polytope-walk.ts";
import { cholesky } from "./cholesky.ts";
import type { Intervals } from "./greedy-order.ts";
import { directionsOf, type RowSpace, rowSpace } from "./walk-directions.ts";

export interface Rectangle {
  readonly inputs: number;
  readonly rows: number;
  /** `[rows, inputs]`. */
  readonly weights: Float64Array;
  /** W Wᵀ, `[rows, rows]`. */
  readonly gram: Float64Array;
  /** Where each row of W x may be. */
  readonly intervals: Intervals;
}

/** Which way particles can go: the same for all rectangles of the same independent rows. */
export interface Frame {
  readonly space: RowSpace;
  readonly directions: Directions;
}

/** `factor`: Cholesky factor of the pivots' W Wᵀ, `[pivots, stride]`. */
export function frameOf(
  { inputs, rows, weights }: Omit<Rectangle, "intervals">,
  pivots: Int32Array,
  factor: Float64Array,
  stride: number,
): Frame {
  const space = rowSpace(weights, inputs, pivots, factor, stride);
  return { space, directions: directionsOf(weights, inputs, rows, space) };
}

/** The frame of rows that are all independent; undefined where some are not, or nearly not. */
export function commonFrame(rectangle: Omit<Rectangle, "intervals">): Frame | undefined {
  const { rows, gram } = rectangle;
  const factor = cholesky(gram, rows);
  return (
    factor &&
    frameOf(
      rectangle,
      Int32Array.from({ length: rows }, (_, j) => j),
      factor,
      rows,
    )
  );
}
