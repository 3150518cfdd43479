// Speed of the exact engine: EI_parts and sensitivity of one layer, what compiling gains, and how time grows with the edges.
import { performance } from "node:perf_hooks";
import { createNetwork, dense, eiParts, sensitivity } from "../dist/index.js";
import { useKernels } from "../dist/kernels/path.js";

function layer(inputs, outputs) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", bias: false, seed: 1 })
    .layers[0];
  return dense({ weights: { data: weights, shape: [outputs, inputs] }, activation: "sigmoid", inputRange: [0, 1] });
}

async function secondsOf(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { value: sorted[(sorted.length - 1) >> 1], spread: sorted.at(-1) - sorted[0] };
}

/** Median and spread (largest − smallest) of the seconds that `work` takes, after one run to warm up. */
async function seconds(work, repeats) {
  await work();
  const times = [];
  for (let run = 0; run < repeats; run++) times.push(await secondsOf(work));
  return summary(times);
}

/** Plain TypeScript's time over the compiled kernels', run by run in turn. */
async function gain(work, repeats) {
  const ratios = [];
  for (let run = 0; run <= repeats; run++) {
    const times = {};
    for (const path of ["typescript", "wasm"]) {
      useKernels(path);
      times[path] = await secondsOf(work);
    }
    if (run > 0) ratios.push(times.typescript / times.wasm);
  }
  useKernels("auto");
  return summary(ratios);
}

export async function bench() {
  const rows = [];
  const add = (name, unit, bar, found) => rows.push({ area: "exact", name, unit, bar, ...found });
  for (const [bins, bar] of [
    [8, ""],
    [64, "< 0.03"],
    [256, "< 0.3"],
  ]) {
    const given = layer(30, 30);
    add(`EI_parts 30→30, ${bins} bins`, "s", bar, await seconds(() => eiParts(given, { bins }), 7));
  }
  const given = layer(30, 30);
  add("EI_parts 30→30, 64 bins, plain ÷ compiled", "times", "", await gain(() => eiParts(given, { bins: 64 }), 5));
  add("sensitivity 30→30, 64 bins", "s", "", await seconds(() => sensitivity(given, { bins: 64 }), 7));
  for (const size of [64, 128, 256, 512]) {
    const square = layer(size, size);
    const { value, spread } = await seconds(() => eiParts(square, { bins: 32 }), 5);
    const perEdge = 1e6 / size ** 2;
    add(`EI_parts ${size}→${size}, 32 bins, per edge`, "µs", "all alike", {
      value: value * perEdge,
      spread: spread * perEdge,
    });
  }
  const wide = layer(784, 100);
  add("EI_parts 784→100, 64 bins", "s", "< 3", await seconds(() => eiParts(wide, { bins: 64 }), 5));
  add("sensitivity 784→100, 64 bins", "s", "< 0.3", await seconds(() => sensitivity(wide, { bins: 64 }), 7));
  const widest = layer(768, 3072);
  const once = await secondsOf(() => eiParts(widest, { bins: 32 }));
  add("EI_parts 768→3072, 32 bins, once", "s", "< 60", { value: once });
  // The high-water mark of the whole process: this layer's is the largest.
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  add("its memory, with Node's own", "MB", "< 500", { value: mebibytes });
  return rows;
}
