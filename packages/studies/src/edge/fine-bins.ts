/**
 * The EI of one connection as bins become fine: log2(bins) + E ψ(s(x)), where s is the slope |dy/dx| relative to the ranges and ψ(s)
 * is what a bin of the input loses by being spread over s bins of the output, or by sharing one with others.
 */
import { exp, log2, tanh } from "@causalscope/core/internal";

/** 1 / (2 ln 2). */
const HALF_NAT = 0.5 * Math.LOG2E;

/** Bits lost at a relative slope s > 0: negative, 0 only for s → ∞ or where the bins of both sides match. */
function spread(s: number): number {
  return s <= 1 ? log2(s) - s * HALF_NAT : -HALF_NAT / s;
}

const SLOPES = {
  sigmoid: (w: number, u: number) => {
    const e = exp(-w * u);
    return (w * e) / ((1 + e) * (1 + e));
  },
  tanh: (w: number, u: number) => {
    const t = tanh(w * (2 * u - 1));
    return w * (1 - t * t);
  },
} as const;

export type CurvedActivation = keyof typeof SLOPES;

/** Intervals of the integral over the input. */
const STEPS = 4000;

/** E ψ over inputs uniform on (0, 1) for sigmoid, (−1, 1) for tanh, in bits below log2(bins); by Simpson's rule. @param weight above 0. */
export function fineBinLoss(activation: CurvedActivation, weight: number): number {
  const slope = SLOPES[activation];
  let sum = 0;
  for (let k = 0; k <= STEPS; k++) {
    const factor = k === 0 || k === STEPS ? 1 : k % 2 === 1 ? 4 : 2;
    sum += factor * spread(slope(weight, k / STEPS));
  }
  return sum / (3 * STEPS);
}

/** The weight at which EI is greatest in the limit of fine bins, to 1e-6; by golden sections. */
export function finePeak(activation: CurvedActivation): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0.5, 6];
  while (high - low > 1e-6) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (fineBinLoss(activation, left) < fineBinLoss(activation, right)) low = left;
    else high = right;
  }
  return (low + high) / 2;
}
