/** Tables and models of a user's own, for tests of what they tell. */
import * as fs from "node:fs";
import { flowers, trainedOnFlowers } from "../../../test/trained-iris.ts";
import { modelToJson } from "../../core/src/formats/json-graph.ts";
import { lenet } from "../../core/test/ablation/convolutional.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";

export function written(name: string, text: string): string {
  const path = `${temporaryFolder()}/${name}`;
  fs.writeFileSync(path, text);
  return path;
}

/** The worked example, a row for each count. */
export function worked(): string {
  const rows = [
    [30, 10, 5],
    [10, 20, 25],
  ].flatMap((counts, state) =>
    counts.flatMap((count, label) => new Array<string>(count).fill(`${state},${label},${(state + label) / 7}`)),
  );
  return written("table.csv", `state,label,level\n${rows.join("\n")}\n`);
}

/** A network trained on flowers, and its examples, as files. */
export async function ownModel() {
  const folder = temporaryFolder();
  const network = await trainedOnFlowers([8, 8], ["relu", "relu"], { seed: 1 });
  fs.writeFileSync(`${folder}/net.json`, modelToJson(network));
  for (const part of ["train", "test"] as const) {
    const { rows, inputs, labels } = flowers[part];
    const line = (row: number) => [...inputs.subarray(4 * row, 4 * row + 4), labels![row]].join(",");
    fs.writeFileSync(`${folder}/${part}.csv`, Array.from({ length: rows }, (_, row) => line(row)).join("\n"));
  }
  return { folder, args: [`${folder}/net.json`, "--data", `${folder}/train.csv`, "--test-data", `${folder}/test.csv`] };
}

/** A convolutional network as an ONNX file, and its examples as a table of flat rows. */
export function convolutional(ending?: "Softmax") {
  const folder = temporaryFolder();
  const { bytes, data } = lenet();
  fs.writeFileSync(`${folder}/net.onnx`, bytes(ending));
  const line = (row: number) => [...data.inputs.subarray(72 * row, 72 * row + 72), data.labels![row]].join(",");
  fs.writeFileSync(`${folder}/data.csv`, Array.from({ length: data.rows }, (_, row) => line(row)).join("\n"));
  return [`${folder}/net.onnx`, "--data", `${folder}/data.csv`];
}
