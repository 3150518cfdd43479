/**
 * The distribution of a sum of uniforms from its Fourier series, tabulated by FFT on a grid fine enough that quintic Hermite
 * interpolation, whose error is at most h⁶/46080 · max|F⁽⁶⁾|, stays below `INTERPOLATION`; the sixth derivative is bounded by the
 * series itself.
 */
import { square } from "../../information/elementary.ts";
import type { Cdf } from "./cdf.ts";
import { transform } from "./fft.ts";
import { UniformSeries } from "./fourier-series.ts";

const INTERPOLATION = 2e-15;

/** The distribution function as a table of quintics on t ≥ 0; F(−t) = 1 − F(t). */
export class FourierCdf implements Cdf {
  readonly halfWidth: number;
  readonly #perCell: number;
  readonly #quintics: Float64Array;

  constructor(halfWidth: number, period: number, characteristic: Float64Array) {
    this.halfWidth = halfWidth;
    const { cells, quintics } = tabulate(period, characteristic);
    this.#perCell = cells / period;
    this.#quintics = quintics;
  }

  at(t: number): number {
    if (t <= -this.halfWidth) return 0;
    if (t >= this.halfWidth) return 1;
    const x = Math.abs(t) * this.#perCell;
    const cell = Math.floor(x);
    const u = x - cell;
    const c = this.#quintics;
    const k = 6 * cell;
    const above = ((((c[k + 5]! * u + c[k + 4]!) * u + c[k + 3]!) * u + c[k + 2]!) * u + c[k + 1]!) * u + c[k]!;
    // The table holds F − 1/2, odd in t. Rounding must not leave [0, 1].
    const value = t < 0 ? 0.5 - above : 0.5 + above;
    return value < 0 ? 0 : value > 1 ? 1 : value;
  }
}

/** `characteristic[q − 1]` = φ(2πq/T). */
function tabulate(period: number, characteristic: Float64Array): { cells: number; quintics: Float64Array } {
  const base = (2 * Math.PI) / period;
  let sixth = 0;
  for (let q = 1; q <= characteristic.length; q++)
    sixth += Math.abs(characteristic[q - 1]!) * square(square(base * q)) * (base * q);
  sixth *= 2 / period;
  let cells = 32;
  while (
    cells < 4 * characteristic.length ||
    (square(square(period / cells) * (period / cells)) * sixth) / 46080 > INTERPOLATION
  )
    cells *= 2;

  const h = period / cells;
  // One complex transform gives Σ c sin (real part) and h · Σ d cos (imaginary part): F and its slope.
  const first = new Float64Array(2 * cells);
  for (let q = 1; q <= characteristic.length; q++) {
    const c = characteristic[q - 1]! / (Math.PI * q);
    const d = c * base * q * h;
    first[2 * q + 1] = (c + d) / 2;
    first[2 * (cells - q) + 1] = (d - c) / 2;
  }
  transform(first);
  const second = new Float64Array(2 * cells);
  for (let q = 1; q <= characteristic.length; q++) {
    const e = (-characteristic[q - 1]! / (Math.PI * q)) * square(base * q * h);
    second[2 * q + 1] = e / 2;
    second[2 * (cells - q) + 1] = -e / 2;
  }
  transform(second);

  const quintics = new Float64Array(6 * (cells / 2 + 1));
  for (let g = 0; g <= cells / 2; g++) {
    const next = (g + 1) % cells;
    const f0 = first[2 * g]! + g / cells;
    const rise = first[2 * next]! - first[2 * g]! + 1 / cells;
    const [d0, d1] = [first[2 * g + 1]! + 1 / cells, first[2 * next + 1]! + 1 / cells];
    const [s0, s1] = [second[2 * g]!, second[2 * next]!];
    const k = 6 * g;
    quintics[k] = f0;
    quintics[k + 1] = d0;
    quintics[k + 2] = s0 / 2;
    quintics[k + 3] = 10 * rise - 6 * d0 - 4 * d1 - 1.5 * s0 + 0.5 * s1;
    quintics[k + 4] = -15 * rise + 8 * d0 + 7 * d1 + 1.5 * s0 - s1;
    quintics[k + 5] = 6 * rise - 3 * d0 - 3 * d1 - 0.5 * s0 + 0.5 * s1;
  }
  return { cells, quintics };
}

/** The sum of all terms, or undefined if its series is too long. */
export function fourierCdf(halfWidths: Float64Array): Cdf | undefined {
  const series = UniformSeries.of(halfWidths, false);
  if (series === undefined) return undefined;
  return new FourierCdf(Math.min(series.support, series.period / 2), series.period, series.whole());
}
