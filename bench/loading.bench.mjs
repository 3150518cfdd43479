// How fast model files become graphs, and how much memory that takes: each reading in a fresh process, from a file that the system has cached.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { safetensorsFrom } from "../packages/core/dist/formats/safetensors-writer.js";
import { tensor } from "../packages/core/dist/model/tensor.js";
import { summary } from "./measure.mjs";

const dist = fileURLToPath(new URL("../packages/core/dist/", import.meta.url));
const REPEATS = 5;
const SIDE = 2048;
const WEIGHTS = SIDE * SIDE * 4;

export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), "causalscope-bench-"));
  try {
    return [
      ...safetensorsRows(join(folder, "float32.safetensors"), "float32", 30),
      ...safetensorsRows(join(folder, "float16.safetensors"), "float16", 60),
      ...onnxRows(join(folder, "float32.onnx"), 6),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function safetensorsRows(file, type, layers) {
  writeFileSync(file, type === "float32" ? float32File(layers) : halfFile(layers));
  const found = read(file, "formats/safetensors-graph.js", 'graphFromSafetensors(bytes, file, { activation: "relu" })');
  const size = (type === "float32" ? WEIGHTS : WEIGHTS / 2) * layers;
  return rows(`safetensors, ${type}`, size, found, 500);
}

function float32File(layers) {
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, at) => Math.sin(at));
  return safetensorsFrom(Array.from({ length: layers }, (_, l) => tensor(`net.${l}.weight`, [SIDE, SIDE], values)));
}

/** Put together here, since the writer has no halves: float16 of exponent 14, whatever the fraction. */
function halfFile(layers) {
  const size = SIDE * SIDE * 2;
  const entries = Array.from({ length: layers }, (_, l) => [
    `net.${l}.weight`,
    { dtype: "F16", shape: [SIDE, SIDE], data_offsets: [l * size, (l + 1) * size] },
  ]);
  const json = JSON.stringify(Object.fromEntries(entries));
  // Padded, as the format's own implementation does, so that values are aligned.
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = new Uint16Array(SIDE * SIDE).map((_, at) => 0x3800 | (at & 1023));
  return Buffer.concat([length, header, ...new Array(layers).fill(Buffer.from(data.buffer))]);
}

function onnxRows(file, layers) {
  const name = "ONNX, float32";
  if (!existsSync(`${dist}formats/onnx/read-onnx.js`)) return [{ area: "loading", name, note: "no reader yet" }];
  writeFileSync(file, onnxFile(layers));
  const found = read(file, "formats/onnx/read-onnx.js", "graphFromOnnx(bytes, file)");
  // 100 MB in less than 2 s.
  return rows(name, WEIGHTS * layers, found, 50);
}

function onnxFile(layers) {
  const rawData = new Uint8Array(Float32Array.from({ length: SIDE * SIDE }, (_, at) => Math.sin(at)).buffer);
  const dims = [BigInt(SIDE), BigInt(SIDE)];
  const value = (name) => ({
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: TensorProto_DataType.FLOAT,
          shape: { dim: [1n, BigInt(SIDE)].map((size) => ({ value: { case: "dimValue", value: size } })) },
        },
      },
    },
  });
  const graph = {
    name: "dense layers",
    input: [value("x0")],
    output: [value(`x${layers}`)],
    initializer: Array.from({ length: layers }, (_, l) => ({
      name: `w${l}`,
      dims,
      dataType: TensorProto_DataType.FLOAT,
      rawData,
    })),
    node: Array.from({ length: layers }, (_, l) => ({
      name: `matmul ${l}`,
      opType: "MatMul",
      input: [`x${l}`, `w${l}`],
      output: [`x${l + 1}`],
    })),
  };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }], graph }),
  );
}

/** Seconds from path to graph, and the process's largest memory in bytes, of each of several readings. */
function read(file, module, call) {
  const script = `
    import { disk } from ${JSON.stringify(`${dist}../../runs/dist/storage.js`)};
    const { graphFromSafetensors, graphFromOnnx } = await import(${JSON.stringify(dist + module)});
    const file = process.argv[1];
    const start = performance.now();
    const bytes = disk.read(file);
    const graph = ${call};
    const seconds = (performance.now() - start) / 1000;
    if (graph.nodes.length === 0) throw new Error("nothing was read");
    console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }));
  `;
  const once = () =>
    JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script, file], { encoding: "utf8" }));
  once();
  return Array.from({ length: REPEATS }, once);
}

function rows(what, size, found, least) {
  const megabytes = size / 1e6;
  const speeds = summary(found.map(({ seconds }) => megabytes / seconds));
  const peak = Math.max(...found.map((each) => each.peak)) / 1e6;
  const most = Math.round(1.5 * megabytes + 500);
  const name = `${what}, ${Math.round(megabytes)} MB of weights`;
  return [
    { area: "loading", name, unit: "MB/s", ...speeds, bar: `≥ ${least}` },
    { area: "loading", name: `${name}: peak memory of the process`, unit: "MB", value: peak, bar: `< ${most}` },
  ];
}
