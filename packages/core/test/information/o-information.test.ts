import { describe, expect, it } from "vitest";
import { contingencyTable, informationFromCounts } from "../../src/information/contingency.ts";
import { jointStates } from "../../src/information/joint-states.ts";
import { jointInformation, multivariateInformation } from "../../src/information/o-information.ts";

const of = (...columns: number[][]) => columns.map((column) => Int32Array.from(column));

describe("what several variables have in common", () => {
  it("is redundancy of copies: n copies of a bit have O = n − 2", () => {
    for (const n of [2, 3, 4]) {
      const found = multivariateInformation(of(...Array.from({ length: n }, () => [0, 1, 0, 1])));
      expect(found.joint).toBeCloseTo(1, 12);
      expect(found.totalCorrelation).toBeCloseTo(n - 1, 12);
      expect(found.dualTotalCorrelation).toBeCloseTo(1, 12);
      expect(found.oInformation).toBeCloseTo(n - 2, 12);
    }
  });

  it("is synergy of parity, and nothing of what is independent", () => {
    const [a, b] = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ];
    const parity = multivariateInformation(of(a, b, [0, 1, 1, 0]));
    expect(parity.totalCorrelation).toBeCloseTo(1, 12);
    expect(parity.dualTotalCorrelation).toBeCloseTo(2, 12);
    expect(parity.oInformation).toBeCloseTo(-1, 12);
    const apart = multivariateInformation(of(a, b));
    expect(apart.joint).toBeCloseTo(2, 12);
    expect(apart.totalCorrelation).toBeCloseTo(0, 12);
    expect(apart.oInformation).toBeCloseTo(0, 12);
  });

  it("tells of a target together what neither tells alone", () => {
    const [a, b, y] = of([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]) as [Int32Array, Int32Array, Int32Array];
    expect(jointInformation([a], y).bits).toBeCloseTo(0, 12);
    expect(jointInformation([a, b], y).bits).toBeCloseTo(1, 12);
    // As the table of joint states has it.
    const [p, q, r] = [0, 1, 2].map((shift) =>
      Int32Array.from({ length: 50 }, (_, k) => (k * k + shift * k) % (3 + shift)),
    );
    const whole = jointInformation([p!, q!], r!);
    const table = informationFromCounts(contingencyTable(jointStates([p!, q!]).states, jointStates([r!]).states));
    expect(whole.bits).toBeCloseTo(table.bits, 12);
    expect(whole.standardError).toBeCloseTo(table.standardError, 12);
    expect(whole.samples).toBe(50);
  });

  it("is refused of lists that do not fit", () => {
    expect(() => multivariateInformation(of([0, 1]))).toThrow("at least 2 lists of the same length; got 1");
    expect(() => multivariateInformation(of([0, 1], [0]))).toThrow("2 of lengths 2, 1");
    expect(() => jointInformation(of([]), new Int32Array(0))).toThrow("of lengths 0");
  });
});
