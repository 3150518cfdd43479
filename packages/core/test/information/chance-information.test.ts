import { describe, expect, it } from "vitest";
import { chanceInformation } from "../../src/information/chance-information.ts";

/** By all orders of the labels, one at a time: Σ p log2 p / (p p) of each table. */
function byEnumeration(states: readonly number[], labels: readonly number[]): number {
  const orders: number[][] = [];
  const place = (left: readonly number[], order: readonly number[]): void => {
    if (left.length === 0) orders.push([...order]);
    for (const [k, label] of left.entries()) place(left.toSpliced(k, 1), [...order, label]);
  };
  const repeated = (sizes: readonly number[]) => sizes.flatMap((size, k) => new Array<number>(size).fill(k));
  const of = repeated(states);
  place(repeated(labels), []);
  const total = of.length;
  const sum = orders.reduce((bits, order) => {
    for (const [state, a] of states.entries()) {
      for (const [label, b] of labels.entries()) {
        const n = order.filter((own, k) => own === label && of[k] === state).length;
        if (n > 0) bits += (n / total) * Math.log2((n * total) / (a * b));
      }
    }
    return bits;
  }, 0);
  return sum / orders.length;
}

describe("information by chance", () => {
  it.each([
    [
      [2, 1, 1],
      [2, 2],
    ],
    [
      [3, 3, 1],
      [4, 2, 1],
    ],
    [
      [5, 2],
      [3, 4],
    ],
  ])("of %j states and %j labels is the mean over all shuffles", (states, labels) => {
    expect(chanceInformation(states, labels)).toBeCloseTo(byEnumeration(states, labels), 12);
  });

  it("is H(Y) where every sample has a state of its own, and none where all share one", () => {
    expect(chanceInformation(new Array<number>(8).fill(1), [4, 4])).toBeCloseTo(1, 12);
    expect(chanceInformation([8], [6, 2])).toBeCloseTo(0, 12);
  });
});
