/** Weights as files hold them: a shape, and values that are decoded when they are asked for. */

/** Numbers under a name, as a file holds them. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** How the file stores it: "float32", "float16", "int8, scaled" … */
  readonly dtype: string;
  /**
   * The values, row-major: a view of the file's bytes where they are stored that way, decoded anew for each call otherwise. Not to be
   * changed.
   */
  readonly values: () => Float32Array | Float64Array;
}

/** Values that are there already. */
export function tensor(name: string, shape: readonly number[], values: Float32Array | Float64Array): Tensor {
  return { name, shape, dtype: values instanceof Float64Array ? "float64" : "float32", values: () => values };
}

/** How many values a shape holds; 1 for a number, which has no axes. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
