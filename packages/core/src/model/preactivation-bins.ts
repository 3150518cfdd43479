/** Bin edges of the output, pulled back through φ to cuts of the pre-activation. */
import { type Cuts, OUTSIDE, type OutsidePolicy } from "../information/bins.ts";
import type { Activation } from "./activation.ts";

export { OUTSIDE };

/**
 * Cuts of the pre-activation: `OUTSIDE` where φ(z) lies outside the output range and such values are dropped. A bin of a φ that is not
 * monotone can have several segments.
 */
export type PreactivationBins = Cuts;

/** Cuts for the output bins with these edges: ascending, one more than bins. */
export function preactivationBins(
  activation: Activation,
  edges: Float64Array,
  policy: OutsidePolicy,
): PreactivationBins {
  const count = edges.length - 1;
  // Level k is reached where y ≥ edge k; the last, where y is above the range, whose top belongs to the last bin.
  const levels = edges.slice();
  levels[count] = nextAbove(edges[count]!);
  const binOfLevel = (level: number): number => {
    if (policy === "clamp") return Math.min(Math.max(level, 0), count - 1);
    return level < 0 || level === count ? OUTSIDE : level;
  };

  const thresholds: number[] = [];
  const bins: number[] = [];
  const segment = (from: number, bin: number): void => {
    if (from === Infinity) return;
    // A segment that begins where another does replaces it: it was empty.
    if (bins.length > 0 && from === (thresholds.at(-1) ?? -Infinity)) bins[bins.length - 1] = bin;
    else if (bins.length === 0) bins.push(bin);
    else {
      thresholds.push(from);
      bins.push(bin);
    }
    const repeats = bins.length > 1 && bins.at(-1) === bins.at(-2);
    if (repeats) {
      bins.pop();
      thresholds.pop();
    }
  };
  const ends = [-Infinity, ...activation.turningPoints, Infinity];
  const domain = activation.atLeast === undefined ? domainOf(activation) : undefined;
  for (let piece = 0; piece + 1 < ends.length; piece++) {
    const [from, to] = [ends[piece]!, ends[piece + 1]!];
    if (activation.atLeast !== undefined) {
      segment(from, binOfLevel(-1));
      for (let k = 0; k <= count; k++) segment(activation.atLeast(levels[k]!), binOfLevel(k));
    } else if (rises(activation.value, from, to, domain!)) {
      segment(from, binOfLevel(-1));
      for (let k = 0; k <= count; k++)
        segment(
          leastWith(from, to, domain!, (z) => !isBelow(activation.value(z), levels[k]!)),
          binOfLevel(k),
        );
    } else {
      segment(from, binOfLevel(count));
      for (let k = count; k >= 0; k--)
        segment(
          leastWith(from, to, domain!, (z) => isBelow(activation.value(z), levels[k]!)),
          binOfLevel(k - 1),
        );
    }
  }
  return { thresholds: Float64Array.from(thresholds), bins: Int32Array.from(bins), count };
}

/** y < level; a −0 is a negative number that was too small to write down. */
function isBelow(y: number, level: number): boolean {
  return y < level || (level === 0 && Object.is(y, -0));
}

/** Where φ is a number: both ends are. */
interface Domain {
  readonly low: number;
  readonly high: number;
}

/** An interval around 0 and the turning points, where activations are checked to be numbers when they are made. */
function domainOf({ value, turningPoints }: Activation): Domain {
  const last = (inside: number, outside: number): number => {
    if (!Number.isNaN(value(outside))) return outside;
    let [known, unknown] = [ordinal(inside), ordinal(outside)];
    while (known - unknown > 1n || unknown - known > 1n) {
      const middle = (known + unknown) / 2n;
      if (Number.isNaN(value(double(middle)))) unknown = middle;
      else known = middle;
    }
    return double(known);
  };
  return {
    low: last(Math.min(0, turningPoints[0] ?? 0), -Number.MAX_VALUE),
    high: last(Math.max(0, turningPoints.at(-1) ?? 0), Number.MAX_VALUE),
  };
}

/** Whether φ rises on a piece on which it is monotone, seen at a few points of it. */
function rises(value: (z: number) => number, from: number, to: number, domain: Domain): boolean {
  const low = from === -Infinity ? Math.max(domain.low, Math.min(-100, to - 100)) : from;
  const high = to === Infinity ? Math.min(domain.high, Math.max(100, from + 100)) : to;
  const third = (high - low) / 3;
  const [a, b, c, d] = [value(low), value(low + third), value(high - third), value(high)];
  return d > a || (d === a && c >= b);
}

/** The least double in (from, to) with the property, given that it holds from some point on; `to` (or +∞) where none has it. */
function leastWith(from: number, to: number, domain: Domain, holds: (z: number) => boolean): number {
  let low = ordinal(from === -Infinity ? domain.low : from);
  let high = ordinal(to === Infinity ? domain.high : to);
  if (holds(double(low))) return from;
  // At the far end of an unbounded piece, no such z: never reached. At a turning point, the next piece takes over.
  if (!holds(double(high))) return to;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (holds(double(middle))) high = middle;
    else low = middle;
  }
  return double(high);
}

const view = new DataView(new ArrayBuffer(8));

/** Doubles in order, as whole numbers: neighbours differ by 1. */
function ordinal(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn);
}

function double(order: bigint): number {
  view.setBigInt64(0, order >= 0n ? order : -order);
  const size = view.getFloat64(0);
  return order >= 0n ? size : -size;
}

function nextAbove(value: number): number {
  return double(ordinal(value) + 1n);
}
