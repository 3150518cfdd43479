declare module "fft.js" {
  /** Radix-4 FFT of a power-of-two size; complex arrays hold re, im in turn. */
  export default class FFT {
    constructor(size: number);
    /** Forward transform, unscaled: out_k = Σ_n data_n e^{−2πikn/size}. */
    transform(out: Float64Array | number[], data: Float64Array | number[]): void;
  }
}
