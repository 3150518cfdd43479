/** What noise goes in, as plain data: a part of the settings. */

export interface UniformNoise {
  readonly kind: "uniform";
}

export interface GaussianNoise {
  readonly kind: "gaussian";
  /** One for all inputs, or one for each. Default: the middle of each input's range. */
  readonly mean?: number | ArrayLike<number>;
  /** One for all inputs, or one for each; above 0. */
  readonly standardDeviation: number | ArrayLike<number>;
}

export interface SampleNoise {
  readonly kind: "sample";
  /** `[rows, inputs]`, row-major, or one array per row; drawn with replacement. */
  readonly rows: Float64Array | readonly ArrayLike<number>[];
}

/**
 * `"uniform"`: do(L1 = H^max), every input independent and uniform on its range. `"gaussian"`: independent normals; values outside the
 * input range are drawn again, which makes them truncated normals. `"sample"`: whole rows of inputs that were observed.
 */
export type NoiseSpec = UniformNoise | GaussianNoise | SampleNoise;
