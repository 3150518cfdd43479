/** Kernels give back what they take, however a measurement ends, and small requests are served from the same memory. */
import { afterEach, expect, test } from "vitest";
import { iris } from "../../src/datasets/iris.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { acquire, instancesInUse, release } from "../../src/kernels/wasm-instance.ts";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { dense } from "../../src/model/mechanism.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { train } from "../../src/training/train.ts";

function layer(inputs: number, outputs: number, scale = 1) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", seed: 1 }).chain!.layers[0]!;
  return dense({
    weights: { data: weights.map((weight) => scale * weight), shape: [outputs, inputs] },
    activation: "sigmoid",
    inputRange: [0, 1],
  });
}

afterEach(() => {
  expect(instancesInUse()).toBe(0);
  useKernels("auto");
});

test.each([
  [
    "whole layers",
    (signal: AbortSignal) => effectiveInformation(layer(25, 6, 5), { bins: 8, tolerance: 1e-4, signal }),
  ],
  [
    "whole layers by plug-in",
    (signal: AbortSignal) => effectiveInformation(layer(6, 6), { bins: 8, method: "plug-in", samples: 1e9, signal }),
  ],
  [
    "pairs by plug-in",
    (signal: AbortSignal) => eiParts(layer(30, 30), { bins: 16, method: "plug-in", samples: 1e9, signal }),
  ],
  ["exact pairs", (signal: AbortSignal) => eiParts(layer(200, 200), { bins: 64, signal })],
])("%s, cancelled in mid-run, leave nothing behind", async (_, measure) => {
  useKernels("wasm");
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 100);
  await expect(measure(controller.signal)).rejects.toThrow("enough");
});

test("nor does training that nobody finishes", async () => {
  useKernels("wasm");
  const network = createNetwork({ layers: [4, 5, 3], activation: "sigmoid", seed: 1 });
  for await (const { epoch } of train(network, iris(), {
    epochs: 1e6,
    every: 1,
    batchSize: 10,
    learningRate: 0.01,
    seed: 1,
  })) {
    if (epoch === 3) break;
  }
});

test("ten thousand small requests in a row take the memory of a few", async () => {
  useKernels("wasm");
  const small = layer(3, 2);
  const measure = async (count: number) => {
    for (let seed = 0; seed < count; seed++) {
      await effectiveInformation(small, { bins: 4, samples: 500, seed });
      await eiParts(small, { bins: 4 });
    }
    return process.memoryUsage();
  };
  const before = await measure(1000);
  const after = await measure(9000);
  // A wasm memory that is not used again is at least a megabyte; nine thousand of them would be nine thousand.
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 2 ** 20);
  expect(after.rss - before.rss).toBeLessThan(200 * 2 ** 20);
});

test("memory that one large request needed is not kept", () => {
  const large = acquire();
  large.alloc(200 * 2 ** 20);
  release(large);
  const next = acquire();
  expect(next.exports.memory.buffer.byteLength).toBeLessThan(100 * 2 ** 20);
  release(next);
});
