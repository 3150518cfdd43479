import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../core/src/checks/error-classes.ts";
import { bracketAt, meanSeries, reportData } from "../src/data.ts";
import { runFixture, WIDE } from "./fixture.ts";

describe("reportData(run)", () => {
  test("reportData(run) puts each row at its measure, seed, layer and epoch", () => {
    const run = runFixture({ seeds: [5, 0], checkpoints: 4 });
    const data = reportData({ ...run, measurements: [...run.measurements].reverse() });
    const row = run.measurements.find(
      (r) => r.seed === 0 && r.layer === 2 && r.epoch === 100 && r.measure === "degeneracy",
    )!;
    expect(data.epochs).toEqual([0, 50, 100, 150]);
    expect(data.bits.degeneracy[1]![2]![2]).toBe(Number(row.bits.toFixed(6)));
    expect(data.standardErrors.degeneracy[1]![2]![2]).toBe(row.standardError);
  });

  test("reportData(run) leaves null where a seed has not been measured yet", () => {
    const run = runFixture({ seeds: [0, 1], checkpoints: 3 });
    const data = reportData({ ...run, measurements: run.measurements.filter((r) => r.seed === 0 || r.epoch < 100) });
    expect(data.bits.ei[1]![0]!.map((value) => value === null)).toEqual([false, false, true]);
    expect(meanSeries(data.bits.ei.map((layers) => layers[0]!))[2]).toBeNull();
  });

  test("reportData(run) never turns a tiny standard error into 0, which means exact", () => {
    const run = runFixture({ seeds: [0], checkpoints: 1 });
    const tiny = run.measurements.map((row) => ({ ...row, standardError: row.measure === "ei" ? 3.2e-9 : 0 }));
    const data = reportData({ ...run, measurements: tiny });
    expect(data.standardErrors.ei[0]![0]![0]).toBeCloseTo(3e-9, 12);
    expect(data.standardErrors.eiParts[0]![0]![0]).toBe(0);
  });

  test("reportData(run) keeps the brackets that tell more than the errors, and none of a run that has none", () => {
    const run = runFixture({ seeds: [0], checkpoints: 2, wide: true });
    const data = reportData(run);
    expect(Object.keys(data.brackets).sort()).toEqual(["degeneracy", "ei", "phi"]);
    const { bits } = run.measurements.find(({ measure }) => measure === "ei")!;
    const { below, above, lowError, highError } = WIDE;
    const [low, high] = [bits - below, bits + above].map((end) => Number(end.toFixed(6)));
    expect(bracketAt(data, "ei", 0, 0, 0)).toEqual([low, high, lowError, highError]);
    expect(bracketAt(data, "sensitivity", 0, 0, 0)).toBeNull();
    expect(reportData(runFixture({ checkpoints: 2 })).brackets).toEqual({});
    const proved = (width: number) =>
      run.measurements.map(({ bracketError, bounds, evidence, ...row }) => ({
        ...row,
        bracket: [row.bits - (width * WIDE.error) / 2, row.bits + (width * WIDE.error) / 2] as const,
      }));
    expect(bracketAt(reportData({ ...run, measurements: proved(4) }), "ei", 0, 0, 0)!.slice(2)).toEqual([0, 0]);
    expect(bracketAt(reportData({ ...run, measurements: proved(40) }), "ei", 0, 0, 0)).toBeNull();
  });

  test("reportData(run) refuses a run without measurements", () => {
    expect(() => reportData({ ...runFixture(), measurements: [] })).toThrow(InvalidInputError);
  });

  test("reportData(run) refuses rows of a seed or a layer that the run does not declare", () => {
    const run = runFixture({ checkpoints: 2 });
    expect(() => reportData({ ...run, seeds: [0, 1] })).toThrow(/seeds that the run declares; got a row of seed 2/);
    expect(() => reportData({ ...run, layers: run.layers.slice(0, 2) })).toThrow(/got a row of layer 2/);
  });

  test("reportData(run) keeps each warning's text once and its every place", () => {
    const data = reportData(runFixture({ seeds: [0], checkpoints: 2, warnings: "coarse" }));
    expect(data.warningTexts).toEqual(["coarse"]);
    expect(data.warnings).toHaveLength(2 * 3 * 3);
  });
});
