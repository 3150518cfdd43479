import { readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { MeasurementRow, TrainingRow } from "../../src/runs/table.ts";
import { csv, measurementColumns, parquet, trainingColumns } from "../../src/runs/table-files.ts";

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
    const page = readFileSync(new URL("../../docs/runs.md", import.meta.url), "utf8");
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
      "seed,epoch,layer,layer_name,measure,bits,standard_error,method,samples,outside,warnings\n" +
        '1099511627776,50,1,"a, ""b""\nc",degeneracy,-0.30000000000000004,5e-324,derived,4000000,0.3333333333333333,one; two\n',
    );
    expect(csv(trainingColumns, [trained])).toBe(
      "seed,epoch,step,train_loss,test_loss,train_accuracy,test_accuracy\n0,50,500,0.1,-0,1,0.6666666666666666\n",
    );
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
    const [row] = await readBack(parquet(measurementColumns, [measured]));
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
