/** The sampling kernels: compiled and plain, the same bits. What the numbers mean is tested where they are used. */
import { describe, expect, test } from "vitest";
import { OUTSIDE } from "../../src/information/bins.ts";
import { streamKey } from "../../src/information/random.ts";
import { createBlockSampler } from "../../src/kernels/block-sampler.ts";
import { NOISE_BLOCK } from "../../src/kernels/blocks.ts";
import { compiledCellSampler } from "../../src/kernels/cell-sampler.ts";
import { compiledOutputCounter } from "../../src/kernels/output-counter.ts";
import { createPairCounter } from "../../src/kernels/pair-counter.ts";
import { PlainCellSampler } from "../../src/kernels/typescript/cell-sampler.ts";
import { PlainOutputCounter } from "../../src/kernels/typescript/output-counter.ts";
import { expectSame, layerOf, onBothPaths, shapes, title } from "./layers.ts";

const key = streamKey(5, 0, 2 ** 33);
/** Blocks that are begun, broken off, gone on with, and left out. */
const stretches = [
  [0, 0, 4096],
  [1, 0, 256],
  [1, 256, 1024],
  [1, 1024, 4096],
  [2, 0, 4096],
  [3, 0, 4096],
  [4, 0, 4096],
  [5, 0, 4096],
  [2 ** 26, 0, 512],
] as const;

describe.each(shapes.map((shape) => [title(shape), shape] as const))("%s", (_, shape) => {
  const layer = layerOf(shape);
  // Where nothing is dropped, the top bin stands for what lies beyond and is clamped.
  const clamped = layer.cuts.bins.map((bin) => (bin === shape.bins - 1 ? OUTSIDE : bin));
  const beyond = shape.cuts === "plain" ? { ...layer.cuts, bins: clamped } : undefined;

  test("block sampler", () => {
    const [compiled, plain] = onBothPaths(() => {
      const sampler = createBlockSampler({ ...layer, inputBins: 9 });
      const found = [0, 3, 2 ** 30].map((block) => {
        sampler.draw(key, block, NOISE_BLOCK - 3);
        const units = [
          ...Array.from({ length: shape.inputs }, (_, i) => sampler.input(i)),
          ...Array.from({ length: shape.outputs }, (_, j) => sampler.output(j)),
        ];
        return units.map((bins) => bins.slice(0, NOISE_BLOCK - 3));
      });
      sampler.free();
      return found;
    });
    expectSame(compiled, plain);
  });

  test("pair counter", () => {
    const [compiled, plain] = onBothPaths(() => {
      const counter = createPairCounter({ ...layer, inputBins: 9, beyond });
      for (const [block, first, rows] of stretches) counter.draw(key, block, first, rows);
      const size = 9 * shape.bins;
      const tables = new Int32Array(shape.inputs * shape.outputs * size);
      for (let pair = 0; pair < shape.inputs * shape.outputs; pair++) {
        const table = tables.subarray(pair * size, (pair + 1) * size);
        counter.addTo(table, Math.floor(pair / shape.outputs), pair % shape.outputs);
      }
      const outside = Array.from({ length: shape.outputs }, (_, j) => counter.outside(j));
      counter.free();
      return { tables, outside };
    });
    expectSame(compiled, plain);
    const drawn = stretches.reduce((sum, [, first, rows]) => sum + rows - first, 0);
    const counted = plain.tables.subarray(0, 9 * shape.bins).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(beyond === undefined ? drawn - plain.outside[0]! : drawn);
  });

  test("output counter, alone and from shards", () => {
    const surprisal = Float64Array.from({ length: shape.outputs * shape.bins }, (_, at) => 0.37 * at);
    const spec = { ...layer, surprisal, beyond };
    const [compiled, plain] = onBothPaths(() => {
      const counter = compiledOutputCounter(spec) ?? new PlainOutputCounter(spec);
      const shards = compiledOutputCounter(spec) ?? new PlainOutputCounter(spec);
      for (const [block, first, rows] of stretches) {
        counter.draw(key, block, first, rows);
        const shard = compiledOutputCounter(spec) ?? new PlainOutputCounter(spec);
        shard.draw(key, block, first, rows);
        const { low, high, counts, values } = shard.list();
        shards.merge(
          { low: low.slice(), high: high.slice(), counts: counts.slice(), values: values.slice() },
          shard.inside,
        );
        shard.free();
      }
      const found = [counter, shards].map((one) => {
        const { low, high, counts, values } = one.list();
        return {
          low: low.slice(),
          high: high.slice(),
          counts: counts.slice(),
          values: values.slice(),
          inside: one.inside,
        };
      });
      counter.free();
      shards.free();
      return found;
    });
    expectSame(compiled, plain);
    expectSame(compiled[1], compiled[0]);
  });

  test("cell sampler", () => {
    const control = Array.from({ length: shape.outputs }, (_, j) => ({
      low: -5,
      scale: 10 + j,
      values: Float64Array.from({ length: 100 }, (_, at) => 1 + ((at * 0.618) % 1)),
    }));
    const parts = Float64Array.from({ length: shape.inputs }, (_, i) => (i === 2 ? 1 : 8));
    const spec = { ...layer, parts, control, inRange: shape.cuts !== "dropping", poolSize: 256 };
    const streams = { pool: streamKey(1, 1), cells: streamKey(1, 2), picks: streamKey(1, 3) };
    const [compiled, plain] = onBothPaths(() => {
      const sampler = compiledCellSampler(spec) ?? new PlainCellSampler(spec);
      const found = [
        sampler.sample(streams, 60, 32, true),
        sampler.sample({ ...streams, cells: streamKey(7) }, 20, 64, false),
        sampler.sample(streams, 60, 32, true),
      ];
      sampler.free();
      return found;
    });
    expectSame(compiled, plain);
    expectSame(compiled[2], compiled[0]);
  });
});
