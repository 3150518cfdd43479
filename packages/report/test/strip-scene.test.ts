import { describe, expect, test } from "vitest";
import { type ReportData, reportData } from "../src/data.ts";
import type { Shape } from "../src/views/drawing.ts";
import { THEMES } from "../src/views/paint.ts";
import { createStore } from "../src/views/store.ts";
import { type OwnPanel, type StripPanel, stripScene, stripShapes } from "../src/views/strip-scene.ts";
import { runFixture } from "./fixture.ts";

const own = (data: ReportData): OwnPanel => ({ title: "accuracy of a probe", series: data.bits.ei });

/** The panels' names. */
function names(seeds: number[], width: number, shown = seeds.map(() => true)): string[] {
  const data = reportData(runFixture({ seeds }));
  const store = createStore(data);
  store.set({ seeds: shown });
  const panels: StripPanel[] = ["ei", "loss", "accuracy", own(data)];
  const shapes = stripShapes(stripScene(store, panels, { width, height: 500 }), THEMES.light);
  const texts = (each: Shape | string): string[] => (typeof each === "string" ? [each] : each.children.flatMap(texts));
  return shapes
    .filter(({ tag }) => tag === "text")
    .flatMap(texts)
    .filter((text) => /^(EI|loss|accuracy)/.test(text));
}

describe("stripShapes(scene, paint)", () => {
  test("panels of several seeds say what is bold and that the ground is of the mean loss", () => {
    expect(names([0, 1, 2], 700)).toEqual([
      "EI (bits) · bold: mean of 3 seeds",
      "loss: — training, - - test · shaded: mean training loss falls",
      "accuracy: — training, - - test · bold: mean of 3 seeds",
      "accuracy of a probe · bold: mean of 3 seeds",
    ]);
  });

  test("a panel counts the seeds that are drawn; the ground is of all", () => {
    expect(names([0, 1, 2], 700, [true, false, true]).slice(0, 1)).toEqual(["EI (bits) · bold: mean of 2 seeds"]);
    expect(names([0, 1, 2], 700, [false, true, false]).slice(0, 2)).toEqual([
      "EI (bits)",
      "loss: — training, - - test · shaded: mean training loss falls",
    ]);
  });

  test("panels of one seed say nothing of a mean", () => {
    expect(names([0], 700)).toEqual([
      "EI (bits)",
      "loss: — training, - - test · shaded: training loss falls",
      "accuracy: — training, - - test",
      "accuracy of a probe",
    ]);
  });

  test("in a narrow place, what does not fit is left out", () => {
    expect(names([0, 1, 2], 390).slice(0, 2)).toEqual([
      "EI (bits) · bold: mean of 3 seeds",
      "loss: — training, - - test · bold: mean of 3 seeds",
    ]);
    expect(names([0, 1, 2], 260).slice(1, 2)).toEqual(["loss: — training, - - test"]);
  });
});
