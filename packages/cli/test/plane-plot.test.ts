/** The causal plane as text. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { MeasurementRow, RunData } from "../../runs/src/row-tables.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { causalPlanePlot } from "../src/plane-plot.ts";
import { withoutMarks } from "../src/style.ts";
import { displayWidth } from "../src/text.ts";
import { causalscope } from "./harness.ts";
import { SMALL } from "./small-study.ts";

/** Trails by layer: degeneracy and sensitivity at each epoch. */
function run(trails: readonly (readonly (readonly [degeneracy: number, sensitivity: number])[])[]): RunData {
  const rows = trails.flatMap((points, layer) =>
    points.flatMap(([degeneracy, sensitivity], epoch) =>
      Object.entries({ degeneracy, sensitivity }).map(
        ([measure, bits]) =>
          ({
            ...{ seed: 0, epoch, layer, layerName: `layer ${layer + 1}`, measure, bits },
            ...{ standardError: 0, method: "exact", samples: 0, outside: 0, warnings: "" },
          }) as MeasurementRow,
      ),
    ),
  );
  const layers = trails.map((_, k) => ({ name: `layer ${k + 1}`, inputs: 4, outputs: 5, activation: "sigmoid" }));
  return {
    study: "iris",
    settings: [],
    seeds: [0],
    layers,
    lossName: "",
    measurements: rows,
    training: [],
    version: "0",
  };
}

const LINE = run([
  [
    [0, 1],
    [10, 10],
  ],
  [
    [2, 10],
    [2, 4],
  ],
]);
const plot = (data: RunData, width: number, unicode: boolean) => withoutMarks(causalPlanePlot(data, width, unicode));

describe("the causal plane in a terminal", () => {
  it("draws a trail from a small letter to a capital, over axes with numbers", () => {
    expect(plot(LINE, 44, false)).toBe(PLAIN);
  });

  it("has eight dots in a character where there is braille", () => {
    const text = plot(LINE, 44, true);
    expect(text).toMatch(/[\u2800-\u28ff]/);
    // The letters stand where they stand without, but for rounding.
    const places = (all: string) =>
      all.split("\n").flatMap((line, row) => {
        const [, before, rest] = /^(.*?[|+│┤])(.*)$/.exec(line) ?? ["", "", ""];
        return [...rest!.matchAll(/[abAB]/g)].map(({ 0: letter, index }) => ({
          letter,
          row,
          at: before!.length + index,
        }));
      });
    const letters = places(text);
    expect(letters.map(({ letter }) => letter).sort()).toEqual(["A", "B", "a", "b"]);
    for (const { letter, row, at } of places(PLAIN)) {
      const same = letters.find((each) => each.letter === letter)!;
      expect(Math.abs(same.row - row)).toBeLessThanOrEqual(1);
      expect(Math.abs(same.at - at)).toBeLessThanOrEqual(1);
    }
  });

  it("fits any width, with letters for more layers than there are", () => {
    const many = run(Array.from({ length: 30 }, (_, k) => [[k / 3, k / 2] as const, [k / 2, k] as const]));
    for (const width of [20, 40, 60, 80, 120]) {
      for (const unicode of [true, false]) {
        for (const data of [LINE, many]) {
          for (const line of plot(data, width, unicode).split("\n"))
            expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is looked for.
    expect(plot(many, 80, false)).toMatch(/^[\u0000-\u007f]*$/);
  });

  it("shows points where there is one checkpoint, and negative values", () => {
    const text = plot(run([[[-3, 1]], [[0, 0]]]), 50, false);
    expect(text).toContain("A: epoch 0");
    expect(text).not.toContain("a: epoch");
    expect(text).toMatch(/A/);
    expect(text).toMatch(/\u2212|-/);
  });

  it("gives each layer its colour", () => {
    const text = causalPlanePlot(LINE, 60, true);
    expect(text).not.toBe(withoutMarks(text));
  });
});

describe("causalscope study", () => {
  const shown = (more: readonly string[], columns?: number) =>
    causalscope(["study", "iris", "--out", `${temporaryFolder()}/run`, ...SMALL, "--quiet", ...more], {
      env: { LANG: "C.UTF-8" },
      ...(columns !== undefined && { columns }),
    });

  it("ends with the plane on a terminal, not in a pipe, unless a flag says otherwise", async () => {
    const [seen, piped, plotted, left] = [
      await shown(["--seeds", "1"], 70),
      await shown(["--seeds", "1"]),
      await shown(["--seeds", "1", "--plot"]),
      await shown(["--seeds", "1", "--no-plot"], 70),
    ];
    for (const { status } of [seen, piped, plotted, left]) expect(status).toBe(0);
    expect(seen.stdout).toMatch(/Causal plane of iris/);
    expect(seen.stdout).toMatch(/[\u2801-\u28ff]/);
    for (const line of stripVTControlCharacters(seen.stdout)
      .split("\n")
      .filter((each) => !each.includes("/"))) {
      expect(displayWidth(line)).toBeLessThanOrEqual(70);
    }
    expect(piped.stdout).not.toContain("Causal plane of iris");
    expect(plotted.stdout).toContain("Causal plane of iris");
    expect(left.stdout).not.toContain("Causal plane of iris");
  });
});

const PLAIN = `Causal plane of iris: sensitivity (up) over
degeneracy (right), in bits
   |                                      :
   |                                  : :
10 +       b                       ..A
   |       .                   ....
   |       .               ....
   |       .           ....
 5 +       .       ....
   |       B   ....
   |       .... :
   |   .... :
   |a.. :
 0 +:
   ++---------------+----------------+------
    0               5               10
A layer 1   B layer 2
a: epoch 0, A: epoch 1; dotted: EI = 0

`;
