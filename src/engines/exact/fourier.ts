/**
 * The distributions of the sums that leave out one term each, from their Fourier series (MEASURES, the exact engine):
 *
 *     F(t) = t/T + 1/2 + Σ_{q ≥ 1} φ(2πq/T) · sin(2πqt/T) / (πq),     φ(ω) = Π_k sinc(ω s_k),
 *
 * on a period T no shorter than the support. The series is cut where a bound on all that follows passes below `TRUNCATION`, and
 * tabulated by FFT on a grid fine enough that quintic Hermite interpolation, whose error is at most h⁶/46080 · max|F⁽⁶⁾|,
 * stays below `INTERPOLATION`; the sixth derivative is bounded by the series itself.
 */
import FFT from "fft.js";
import type { Cdf } from "./cdf.ts";

const TRUNCATION = 1e-15;
const INTERPOLATION = 2e-15;

/** Beyond this many terms the piecewise path is faster. */
const MAX_TERMS = 4096;

/** |sinc x| ≤ min(e^{−x²/6}, 1/x), and the smaller of the two falls with x. */
function sincBound(x: number): number {
  return x < Math.PI ? Math.min(Math.exp((-x * x) / 6), x > 1 ? 1 / x : 1) : 1 / x;
}

/** Terms of the series needed for these half-widths on a period T, or undefined if more than `MAX_TERMS`. */
function seriesLength(halfWidths: readonly number[], period: number): number | undefined {
  for (let q = 4; q <= MAX_TERMS; q = Math.ceil(q * 1.2)) {
    let bound = 1;
    let falling = 0;
    for (const s of halfWidths) {
      const x = (2 * Math.PI * q * s) / period;
      bound *= sincBound(x);
      if (x >= Math.PI) falling++;
    }
    // From here on the product falls at least as fast as q^−falling: Σ_{r>q} bound·(q/r)^falling / (πr) ≤ bound / (π·falling).
    if (falling >= 2 && bound / (Math.PI * falling) < TRUNCATION) return q;
  }
  return undefined;
}

/** The distribution function as a table of quintics on t ≥ 0; F(−t) = 1 − F(t). */
class FourierCdf implements Cdf {
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

const transforms = new Map<number, { fft: FFT; spectrum: Float64Array; first: Float64Array; second: Float64Array }>();

function transformOf(size: number) {
  let found = transforms.get(size);
  if (found === undefined) {
    const scratch = () => new Float64Array(2 * size);
    found = { fft: new FFT(size), spectrum: scratch(), first: scratch(), second: scratch() };
    transforms.set(size, found);
  }
  return found;
}

/** `characteristic[q − 1]` = φ(2πq/T). */
function tabulate(period: number, characteristic: Float64Array): { cells: number; quintics: Float64Array } {
  const base = (2 * Math.PI) / period;
  let sixth = 0;
  for (let q = 1; q <= characteristic.length; q++) sixth += Math.abs(characteristic[q - 1]!) * (base * q) ** 5;
  sixth *= 2 / period;
  let cells = 32;
  while (cells < 4 * characteristic.length || ((period / cells) ** 6 * sixth) / 46080 > INTERPOLATION) cells *= 2;

  const { fft, spectrum, first, second } = transformOf(cells);
  const h = period / cells;
  // One complex transform gives Σ c sin (real part) and h · Σ d cos (imaginary part): F and its slope.
  spectrum.fill(0);
  for (let q = 1; q <= characteristic.length; q++) {
    const c = characteristic[q - 1]! / (Math.PI * q);
    const d = c * base * q * h;
    spectrum[2 * q + 1] = (c + d) / 2;
    spectrum[2 * (cells - q) + 1] = (d - c) / 2;
  }
  fft.transform(first, spectrum);
  spectrum.fill(0);
  for (let q = 1; q <= characteristic.length; q++) {
    const e = (-characteristic[q - 1]! / (Math.PI * q)) * (base * q * h) ** 2;
    spectrum[2 * q + 1] = e / 2;
    spectrum[2 * (cells - q) + 1] = -e / 2;
  }
  fft.transform(second, spectrum);

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

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x) / x;
}

/** The sum of all terms, or undefined if its series is too long. */
export function fourierCdf(halfWidths: readonly number[]): Cdf | undefined {
  const halfWidth = halfWidths.reduce((sum, s) => sum + s, 0);
  const period = 2 * halfWidth;
  const length = seriesLength(halfWidths, period);
  if (length === undefined) return undefined;
  const characteristic = new Float64Array(length).fill(1);
  for (const s of halfWidths) {
    for (let q = 1; q <= length; q++) characteristic[q - 1]! *= sinc((2 * Math.PI * q * s) / period);
  }
  return new FourierCdf(halfWidth, period, characteristic);
}

/**
 * For each k: the sum in which term k is shrunk to 1/`parts` of its width (one bin's worth) and the others are whole.
 * Leave-one-out products come from prefix and suffix products: a sinc has zeros, so nothing is divided by one.
 *
 * @returns one function of k, or undefined if the series are too long.
 */
export function fourierShrunkCdfs(halfWidths: readonly number[], parts: number): ((k: number) => Cdf) | undefined {
  const n = halfWidths.length;
  const whole = halfWidths.reduce((sum, s) => sum + s, 0);
  const period = 2 * whole;
  // Without its widest term the product falls off slowest.
  const widest = halfWidths.indexOf(halfWidths.reduce((a, b) => Math.max(a, b)));
  const length = seriesLength(
    halfWidths.filter((_, k) => k !== widest),
    period,
  );
  if (length === undefined) return undefined;
  const after = new Float64Array((n + 1) * length).fill(1);
  for (let k = n - 1; k >= 0; k--) {
    for (let q = 0; q < length; q++) {
      after[k * length + q] = after[(k + 1) * length + q]! * sinc((2 * Math.PI * (q + 1) * halfWidths[k]!) / period);
    }
  }
  const before = new Float64Array((n + 1) * length).fill(1);
  for (let k = 0; k < n; k++) {
    for (let q = 0; q < length; q++) {
      before[(k + 1) * length + q] = before[k * length + q]! * sinc((2 * Math.PI * (q + 1) * halfWidths[k]!) / period);
    }
  }
  const characteristic = new Float64Array(length);
  return (k) => {
    const own = halfWidths[k]! / parts;
    for (let q = 0; q < length; q++) {
      const rest = before[k * length + q]! * after[(k + 1) * length + q]!;
      characteristic[q] = rest * sinc((2 * Math.PI * (q + 1) * own) / period);
    }
    return new FourierCdf(whole - halfWidths[k]! + own, period, characteristic);
  };
}
