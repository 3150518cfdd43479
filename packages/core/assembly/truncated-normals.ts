// A step of the Geweke–Hajivassiliou–Keane simulator, two particles at a time. Twin: packages/core/src/kernels/typescript/truncated-normals.ts, which
// says what the arrays are.
import { choose, normalCdf, normalQuantile } from "./normal";
import { draw, Stream } from "./philox";

// @ts-ignore: decorator
@inline const FAR: f64 = 40;

@unmanaged
class TruncatedNormals {
  /** Coordinates that there is room for: the rows of the factor are so long. */
  units: i32;
  /** A multiple of 16. */
  particles: i32;
  factor: usize;
  lower: usize;
  upper: usize;
  eta: usize;
  choice: usize;
  weight: usize;
  /** At the first draw of the step. */
  stream: Stream;
  uniform: usize;
  mean: usize;
  /** Of two particles: what each interval's probability is, `[intervals, 2]`. */
  masses: usize;
}

export function truncatedStep(
  job: usize,
  unit: i32,
  from: i32,
  to: i32,
): void {
  const normals = changetype<TruncatedNormals>(job);
  const particles = normals.particles;
  draw(normals.stream, 0, normals.uniform, particles, 0);
  means(normals, unit);
  const scale = f64x2.splat(1 / load<f64>(normals.factor + (<usize>(unit * normals.units + unit) << 3)));
  const lower = normals.lower + (<usize>from << 3);
  const upper = normals.upper + (<usize>from << 3);
  const eta = normals.eta + (<usize>(unit * particles) << 3);
  const choice = normals.choice + (<usize>(unit * particles) << 2);
  for (let p: usize = 0; p < <usize>particles << 3; p += 16) {
    const mean = v128.load(normals.mean + p);
    const u = v128.load(normals.uniform + p);
    let a = f64x2.mul(f64x2.sub(v128.load64_splat(lower), mean), scale);
    let b = f64x2.mul(f64x2.sub(v128.load64_splat(upper), mean), scale);
    let chosen = i64x2.splat(from);
    let total: v128;
    let rest: v128;
    let part: v128;
    let below: v128;
    if (to - from == 1) {
      below = normalCdf(lowEnd(a, b));
      part = f64x2.add(f64x2.splat(0), f64x2.sub(normalCdf(highEnd(a, b)), below));
      total = part;
      rest = f64x2.mul(u, total);
    } else {
      total = f64x2.splat(0);
      for (let r: usize = 0; r < <usize>(to - from); r++) {
        a = f64x2.mul(f64x2.sub(v128.load64_splat(lower + (r << 3)), mean), scale);
        b = f64x2.mul(f64x2.sub(v128.load64_splat(upper + (r << 3)), mean), scale);
        part = f64x2.sub(normalCdf(highEnd(a, b)), normalCdf(lowEnd(a, b)));
        v128.store(normals.masses + (r << 4), part);
        total = f64x2.add(total, part);
      }
      rest = f64x2.mul(u, total);
      part = total;
      // Lanes that have chosen.
      let done = i64x2.splat(0);
      let least = a;
      let most = b;
      for (let r: usize = 0; r < <usize>(to - from); r++) {
        const last = i64x2.splat(r == <usize>(to - from - 1) ? -1 : 0);
        const mass = v128.load(normals.masses + (r << 4));
        const here = v128.andnot(v128.or(f64x2.le(rest, mass), last), done);
        part = choose(part, mass, here);
        chosen = choose(chosen, i64x2.splat(from + <i32>r), here);
        least = choose(least, v128.load64_splat(lower + (r << 3)), here);
        most = choose(most, v128.load64_splat(upper + (r << 3)), here);
        done = v128.or(done, here);
        if (i64x2.all_true(done)) break;
        rest = choose(f64x2.sub(rest, mass), rest, done);
      }
      a = f64x2.mul(f64x2.sub(least, mean), scale);
      b = f64x2.mul(f64x2.sub(most, mean), scale);
      below = normalCdf(lowEnd(a, b));
    }
    let drawn = normalQuantile(f64x2.add(below, f64x2.min(rest, part)));
    drawn = f64x2.pmin(f64x2.pmax(drawn, lowEnd(a, b)), highEnd(a, b));
    drawn = f64x2.pmin(f64x2.pmax(drawn, f64x2.splat(-FAR)), f64x2.splat(FAR));
    v128.store(eta + p, choose(drawn, f64x2.neg(drawn), f64x2.gt(a, f64x2.splat(0))));
    v128.store64_lane(choice + (p >> 1), v128.shuffle<i32>(chosen, chosen, 0, 2, 0, 2), 0);
    v128.store(normals.weight + p, f64x2.mul(v128.load(normals.weight + p), total));
  }
}

/** The ends of (a, b), mirrored where it lies in the upper tail, for Φ is accurate in the lower. */
// @ts-ignore: decorator
@inline function lowEnd(a: v128, b: v128): v128 {
  return choose(a, f64x2.neg(b), f64x2.gt(a, f64x2.splat(0)));
}

// @ts-ignore: decorator
@inline function highEnd(a: v128, b: v128): v128 {
  return choose(b, f64x2.neg(a), f64x2.gt(a, f64x2.splat(0)));
}

/** Σ over the coordinates before, L[unit, k] η[k], of eight particles at a time. */
function means(normals: TruncatedNormals, unit: i32): void {
  const pitch = <usize>normals.particles << 3;
  const row = normals.factor + (<usize>(unit * normals.units) << 3);
  const end = row + (<usize>unit << 3);
  for (let p: usize = 0; p < pitch; p += 64) {
    let m0 = f64x2.splat(0);
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    let eta = normals.eta + p;
    for (let at = row; at < end; at += 8, eta += pitch) {
      const slope = v128.load64_splat(at);
      m0 = f64x2.add(m0, f64x2.mul(slope, v128.load(eta)));
      m1 = f64x2.add(m1, f64x2.mul(slope, v128.load(eta, 16)));
      m2 = f64x2.add(m2, f64x2.mul(slope, v128.load(eta, 32)));
      m3 = f64x2.add(m3, f64x2.mul(slope, v128.load(eta, 48)));
    }
    const mean = normals.mean + p;
    v128.store(mean, m0);
    v128.store(mean, m1, 16);
    v128.store(mean, m2, 32);
    v128.store(mean, m3, 48);
  }
}
