import { readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { MeasurementRow, TrainingRow } from "../src/row-tables.ts";
import { csv, measurementColumns, parquet, trainingColumns } from "../src/table-files.ts";

const measured: MeasurementRow = {
  seed: 2 ** 40,
  epoch: 50,
  layer: 1,
  layerName: 'a, "b"\nc',
  measure: "degeneracy",
  bits: -0.1 - 0.2,
  standardError: 5e-324,
  method: "derived",
  samples: 4_000_000,
  outside: 1 / 3,
  warnings: "one; two",
};

const bracketed: MeasurementRow = {
  ...measured,
  bracket: [1.5, 7],
  bracketError: [0.25, 0],
  bounds: [-2, 1e300],
  evidence: {
    routes: { output: "likelihood", cell: "count" },
    effectiveSamples: 0.1 + 0.2,
    guarded: 3,
    basis: "as assumed",
  },
};

const trained: TrainingRow = {
  seed: 0,
  epoch: 50,
  step: 500,
  trainLoss: 0.1,
  testLoss: -0,
  trainAccuracy: 1,
  testAccuracy: 2 / 3,
};

describe("the columns", () => {
  it("are those of the documentation, in its order and with its types", () => {
    const page = readFileSync(new URL("../../../docs/run-tables.md", import.meta.url), "utf8");
    for (const [title, columns] of [
      ["measurements", measurementColumns],
      ["training", trainingColumns],
    ] as const) {
      const section = page.split(`## \`${title}\``)[1]!.split("\n## ")[0]!;
      const documented = [...section.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => ({ name, type }));
      expect(documented).toEqual(columns.map(({ name, type }) => ({ name, type })));
    }
  });
});

describe("csv", () => {
  it("writes a header, numbers in full precision, and quotes what needs it", () => {
    expect(csv(measurementColumns, [measured])).toBe(
      "seed,epoch,layer,layer_name,measure,bits,standard_error,method,samples,outside,warnings," +
        "bracket_lower,bracket_upper,bracket_lower_error,bracket_upper_error,bound_lower,bound_upper," +
        "route_output,route_cell,effective_samples,guarded\n" +
        '1099511627776,50,1,"a, ""b""\nc",degeneracy,-0.30000000000000004,5e-324,derived,4000000,0.3333333333333333,one; two,,,,,,,,,,\n',
    );
    expect(csv(trainingColumns, [trained])).toBe(
      "seed,epoch,step,train_loss,test_loss,train_accuracy,test_accuracy\n0,50,500,0.1,-0,1,0.6666666666666666\n",
    );
  });

  it("writes brackets, what is proved beside them and what they rest on", () => {
    const [, line] = csv(measurementColumns, [{ ...bracketed, layerName: "a" }]).split("\n");
    expect(line).toMatch(/,one; two,1\.5,7,0\.25,0,-2,1e\+300,likelihood,count,0\.30000000000000004,3$/);
  });

  it("is a header alone for no rows", () => {
    expect(csv(trainingColumns, [])).toBe("seed,epoch,step,train_loss,test_loss,train_accuracy,test_accuracy\n");
  });
});

describe("parquet", () => {
  async function readBack(bytes: Uint8Array) {
    return parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
  }

  it("holds the columns of the CSV, to the bit", async () => {
    const [row, other] = await readBack(parquet(measurementColumns, [measured, bracketed]));
    expect(row).toStrictEqual({
      seed: 2n ** 40n,
      epoch: 50n,
      layer: 1n,
      layer_name: 'a, "b"\nc',
      measure: "degeneracy",
      bits: -0.30000000000000004,
      standard_error: 5e-324,
      method: "derived",
      samples: 4_000_000n,
      outside: 1 / 3,
      warnings: "one; two",
      bracket_lower: null,
      bracket_upper: null,
      bracket_lower_error: null,
      bracket_upper_error: null,
      bound_lower: null,
      bound_upper: null,
      route_output: null,
      route_cell: null,
      effective_samples: null,
      guarded: null,
    });
    expect(other).toStrictEqual({
      ...row,
      bracket_lower: 1.5,
      bracket_upper: 7,
      bracket_lower_error: 0.25,
      bracket_upper_error: 0,
      bound_lower: -2,
      bound_upper: 1e300,
      route_output: "likelihood",
      route_cell: "count",
      effective_samples: 0.1 + 0.2,
      guarded: 3n,
    });
    expect((await readBack(parquet(trainingColumns, [trained])))[0]!.test_loss).toBe(-0);
  });

  it("holds more rows than one group does, and none", async () => {
    const rows = Array.from({ length: 2500 }, (_, epoch) => ({ ...trained, epoch }));
    const read = await readBack(parquet(trainingColumns, rows));
    expect(read.map((row) => Number(row.epoch))).toEqual(rows.map(({ epoch }) => epoch));
    expect(await readBack(parquet(trainingColumns, []))).toEqual([]);
  });

  it("gives the same bytes for the same rows", () => {
    expect(parquet(measurementColumns, [measured])).toEqual(parquet(measurementColumns, [measured]));
  });
});
