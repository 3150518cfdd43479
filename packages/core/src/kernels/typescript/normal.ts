/**
 * The standard normal law, the same bits on every machine. Twin of assembly/normal.ts: the same operations in the same order.
 *
 * Φ after Hart's rational approximation as given by West ("Better approximations to cumulative normal functions", Wilmott 2005):
 * relative error below 1e-14 down to Φ(−7) and below 1e-8 to Φ(−37), where nothing that is drawn depends on it. Φ⁻¹ is Wichura's AS 241 ("The percentage points of the normal distribution", Applied
 * Statistics 37, 1988): relative error about 1e-15.
 */
import { exp, log } from "../../information/elementary.ts";

/** Below it, the continued fraction takes over. */
const FAR = 7.07106781186547;

/** Φ(−t) for t ≥ 0. */
function tail(t: number): number {
  const e = exp(-0.5 * (t * t));
  if (t >= FAR) return e / (t + 1 / (t + 2 / (t + 3 / (t + 4 / (t + 0.65))))) / 2.506628274631;
  const numerator =
    (((((0.0352624965998911 * t + 0.700383064443688) * t + 6.37396220353165) * t + 33.912866078383) * t +
      112.079291497871) *
      t +
      221.213596169931) *
      t +
    220.206867912376;
  const denominator =
    ((((((0.0883883476483184 * t + 1.75566716318264) * t + 16.064177579207) * t + 86.7807322029461) * t +
      296.564248779674) *
      t +
      637.333633378831) *
      t +
      793.826512519948) *
      t +
    440.413735824752;
  return (e * numerator) / denominator;
}

/** Φ(x): accurate relative to itself for x ≤ 0; 0 below −38, 1 far above. */
export function normalCdf(x: number): number {
  return x < 0 ? tail(-x) : 1 - tail(x);
}

/** P(a < N < b) for a ≤ b, without cancellation in the tails. */
export function normalMass(a: number, b: number): number {
  return a > 0 ? tail(a) - tail(b) : normalCdf(b) - normalCdf(a);
}

/** Φ⁻¹(p) for 0 < p < 1; −∞ at 0, ∞ at 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q *
        (((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
          13731.69376550946) *
          r +
          1971.5909503065513) *
          r +
          133.14166789178438) *
          r +
          3.3871328727963665)) /
      (((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
        1)
    );
  }
  const nearer = q < 0 ? p : 1 - p;
  if (!(nearer > 0)) return q < 0 ? -Infinity : Infinity;
  const root = Math.sqrt(-log(nearer));
  const size = root <= 5 ? nearTail(root - 1.6) : farTail(root - 5);
  return q < 0 ? -size : size;
}

function nearTail(r: number): number {
  return (
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1)
  );
}

function farTail(r: number): number {
  return (
    (((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r + 0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
      6.657904643501103) /
    (((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
      1)
  );
}
