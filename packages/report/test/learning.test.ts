import { describe, expect, test } from "vitest";
import type { ReportData } from "../src/data.ts";
import { eiMoves, fastestFall, lossFalls, movesWhileLearning } from "../src/learning.ts";

/** Only what learning.ts reads: losses and EIs of one layer, per seed. */
function data(epochs: number[], losses: (number | null)[][], eis: (number | null)[][]): ReportData {
  return {
    epochs,
    training: { trainLoss: losses },
    bits: { ei: eis.map((series) => [series]) },
  } as unknown as ReportData;
}

describe("lossFalls(data)", () => {
  test("lossFalls gives each fall of the mean loss, per epoch, relative to the fastest", () => {
    const falls = lossFalls(
      data(
        [0, 10, 110, 120],
        [
          [1.1, 0.8, 0.2, 0.9],
          [0.9, 0.6, 0, 0.9],
        ],
        [],
      ),
    );
    expect(falls.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 110],
    ]);
    // 0.3 in 10 epochs against 0.6 in 100
    expect(falls[0]!.speed).toBe(1);
    expect(falls[1]!.speed).toBeCloseTo(0.2, 12);
    expect(fastestFall(falls)).toBe(falls[0]);
  });

  test("lossFalls gives nothing for a loss that rises, stands still or has gaps everywhere", () => {
    for (const losses of [
      [0, 1, 2],
      [1, 1, 1],
      [1, null, 0],
    ])
      expect(lossFalls(data([0, 1, 2], [losses], []))).toEqual([]);
    expect(fastestFall([])).toBeUndefined();
  });
});

describe("eiMoves(data)", () => {
  test("eiMoves adds the layers' moves up and down, per epoch, and leaves gaps as gaps", () => {
    const two = {
      epochs: [0, 2, 3, 4],
      bits: {
        ei: [
          [
            [1, 2, 1, 1],
            [5, 4, 4, null],
          ],
        ],
      },
    } as unknown as ReportData;
    expect(eiMoves(two)).toEqual([[1, 1, null]]);
  });
});

describe("movesWhileLearning(data)", () => {
  const epochs = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const losses = [9, 9, 9, 5, 1, 1, 1, 1, 1];
  const flat = losses.map(() => 1);

  test("movesWhileLearning is 1 where EI moves only while the loss falls, 0 where it moves only else", () => {
    expect(movesWhileLearning(data(epochs, [losses], [[0, 0, 0, 1, 3, 3, 3, 3, 3]]))?.share).toBe(1);
    expect(movesWhileLearning(data(epochs, [losses], [[0, 1, 2, 2, 2, 3, 3, 2, 1]]))?.share).toBe(0);
  });

  test("movesWhileLearning is a quarter where EI moves evenly", () => {
    expect(movesWhileLearning(data(epochs, [losses], [epochs]))?.share).toBeCloseTo(0.25, 12);
  });

  test("movesWhileLearning says nothing of a run too short to have a quarter, or whose EI or loss stands still", () => {
    expect(movesWhileLearning(data([0, 1, 2], [[2, 1, 0]], [[0, 1, 2]]))).toBeUndefined();
    expect(movesWhileLearning(data(epochs, [losses], [flat]))).toBeUndefined();
    expect(movesWhileLearning(data(epochs, [flat], [epochs]))).toBeUndefined();
    expect(movesWhileLearning(data(epochs, [flat, losses], [epochs, losses]))).toEqual({ share: 1, steps: 0.25 });
  });

  test("movesWhileLearning tells the share of the steps that it counts, which even moves have too", () => {
    // A quarter of 10 steps is 3 whole ones, of 9 it is 2.
    const eleven = Array.from({ length: 11 }, (_, k) => k);
    const falling = eleven.map((k) => (10 - k) ** 2);
    const ten = movesWhileLearning(data(eleven, [falling], [eleven]))!;
    expect(ten.steps).toBe(0.3);
    expect(ten.share).toBeCloseTo(0.3, 12);
    const gap = falling.map((loss, k) => (k === 10 ? null : loss));
    expect(movesWhileLearning(data(eleven, [falling, gap], [eleven, eleven]))!.steps).toBe(5 / 19);
  });
});
