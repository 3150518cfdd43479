/** Weights in files of their own: what a model file may make the command read. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { causalscope } from "./harness.ts";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const VALUES = Float32Array.from({ length: 12 }, (_, at) => at + 1);
let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "causalscope-beside-"));
  mkdirSync(join(root, "model"));
  writeFileSync(join(root, "secret.bin"), VALUES);
  for (const name of ["symlink", "hard", "fifo", "devzero"]) {
    copyFileSync(join(fixtures, "external", `${name}.onnx`), join(root, "model", `${name}.onnx`));
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const convert = (model: string) =>
  causalscope(["convert", join(root, model), "--to", join(root, "out.json"), "--force"]);

describe("weights of an ONNX file in a file of their own", () => {
  it("are read from a regular file of the model's folder, and through a link to one there", async () => {
    writeFileSync(join(root, "model/weights.bin"), VALUES);
    symlinkSync("weights.bin", join(root, "model/link.bin"));
    const { status, stderr } = await convert("model/symlink.onnx");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { layers } = JSON.parse(readFileSync(join(root, "out.json"), "utf8"));
    expect(layers[0].weights.flat().toSorted((a: number, b: number) => a - b)).toEqual([...VALUES]);
  });

  it.each([
    [
      "symlink",
      "link.bin",
      "a link to outside of it",
      () => symlinkSync("../secret.bin", join(root, "model/link.bin")),
    ],
    [
      "hard",
      "hard.bin",
      "a file of 2 hard links",
      () => linkSync(join(root, "secret.bin"), join(root, "model/hard.bin")),
    ],
    ["fifo", "fifo", "something else", () => execFileSync("mkfifo", [join(root, "model/fifo")])],
    ["devzero", "zero", "a link to outside of it", () => symlinkSync("/dev/zero", join(root, "model/zero"))],
    ["fifo", "fifo", "something else", () => mkdirSync(join(root, "model/fifo"))],
    ["fifo", "fifo", "a link to outside of it", () => symlinkSync("..", join(root, "model/fifo"))],
  ])("are refused: %s.onnx, whose %s is %s", async (model, file, got, make) => {
    make();
    const { status, stderr } = await convert(`model/${model}.onnx`);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${join(root, "model", file)}: expected weights in a regular file of the model's folder; got ${got}`,
    );
  });

  it("are read in a snapshot of a model hub, whose files are links to blobs, and from nowhere else", async () => {
    mkdirSync(join(root, "hub/blobs"), { recursive: true });
    mkdirSync(join(root, "hub/snapshots/1"), { recursive: true });
    copyFileSync(join(fixtures, "external/symlink.onnx"), join(root, "hub/blobs/aaa"));
    writeFileSync(join(root, "hub/blobs/bbb"), VALUES);
    symlinkSync("../../blobs/aaa", join(root, "hub/snapshots/1/model.onnx"));
    symlinkSync("../../blobs/bbb", join(root, "hub/snapshots/1/link.bin"));
    expect((await convert("hub/snapshots/1/model.onnx")).status).toBe(0);
    rmSync(join(root, "hub/snapshots/1/link.bin"));
    symlinkSync("../../../secret.bin", join(root, "hub/snapshots/1/link.bin"));
    const { status, stderr } = await convert("hub/snapshots/1/model.onnx");
    expect([status, stderr]).toEqual([2, expect.stringContaining("a link to outside of it")]);
  });

  it("may have several hard links where the model has, as package managers link all files", async () => {
    linkSync(join(root, "secret.bin"), join(root, "model/hard.bin"));
    linkSync(join(root, "model/hard.onnx"), join(root, "again.onnx"));
    expect((await convert("model/hard.onnx")).status).toBe(0);
  });
});

describe("shards of a TensorFlow.js model", () => {
  const copied = (name: string) => {
    cpSync(join(fixtures, name), join(root, name), { recursive: true });
    return join(root, name, "model.json");
  };

  it("are regular files of its folder, too", async () => {
    const model = copied("tfjs-open-input");
    const shard = join(dirname(model), "w.bin");
    writeFileSync(join(root, "outside.bin"), readFileSync(shard));
    rmSync(shard);
    symlinkSync("../outside.bin", shard);
    const { status, stderr } = await causalscope(["show", model]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${shard}: expected weights in a regular file`)]);
  });

  it("are named once", async () => {
    const model = copied("tfjs-open-input");
    const json = JSON.parse(readFileSync(model, "utf8"));
    json.weightsManifest[0].paths = new Array(50_000).fill("w.bin");
    json.weightsManifest[0].weights[0].shape = [120_000, 100_000];
    writeFileSync(model, JSON.stringify(json));
    const { status, stderr } = await causalscope(["show", model]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('expected unique shard paths; got "w.bin" twice')]);
  });
});

describe("what a TensorFlow.js model leaves open", () => {
  const open = join(fixtures, "tfjs-open-input/model.json");

  it("is the shape of its only input, given without a name", async () => {
    const named = await causalscope(["show", open, "--input-shape", "LR=1,16,16,3"]);
    const plain = await causalscope(["show", open, "--input-shape", "1,16,16,3"]);
    // Costs are times, which differ from one run to the next.
    const lasting = (text: string) => text.replaceAll(/(?:< 1 s|[\d.–]+ (?:s|min|h))$/gm, "").replaceAll(/[ ─]+/g, " ");
    expect([plain.status, lasting(plain.stdout)]).toEqual([named.status, lasting(named.stdout)]);
    expect([plain.status, plain.stdout]).toEqual([0, expect.stringContaining("16×16×3")]);
  });

  it("is not the shape of an input that it does not have", async () => {
    const { status, stderr } = await causalscope(["show", open, "--input-shape", "constructor=1,16,16,3"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('expected shapes of "LR"; got "constructor"')]);
  });
});

it("constants of text in a TensorFlow.js graph model are passed over", async () => {
  const { status, stdout } = await causalscope(["show", join(fixtures, "tfjs-string-const/model.json")]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/h +dense +4 → 3 +4 → 3 .*sigmoid/);
  expect(stdout).toContain("constants of text are not supported");
});
