// Speed of EI of one layer, sampled to a stated error.
import { performance } from "node:perf_hooks";
import { createNetwork, dense, effectiveInformation } from "../dist/index.js";

const REPEATS = 7;

/** Median and spread (largest − smallest) of the seconds that `work` takes, after one run to warm up. */
async function seconds(work) {
  const times = [];
  for (let run = 0; run <= REPEATS; run++) {
    const start = performance.now();
    await work(run);
    if (run > 0) times.push((performance.now() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  return { value: times[(REPEATS - 1) / 2], spread: times[REPEATS - 1] - times[0] };
}

function layer(inputs, outputs, scale = 1) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", bias: false, seed: 1 })
    .layers[0];
  return dense({
    weights: { data: weights.map((w) => w * scale), shape: [outputs, inputs] },
    activation: "sigmoid",
    inputRange: [0, 1],
  });
}

export async function bench() {
  const rows = [];
  const add = async (area, name, bar, work) => rows.push({ area, name, unit: "s", bar, ...(await seconds(work)) });
  for (const [n, m, scale, bins] of [
    [5, 5, 1, 8],
    [5, 5, 5, 8],
    [6, 6, 5, 8],
    [25, 6, 5, 8],
  ]) {
    await add("sampling", `EI ${n}→${m}, weights ×${scale}, ${bins} bins, ±0.02 bit`, "", (seed) =>
      effectiveInformation(layer(n, m, scale), { bins, seed, tolerance: 0.02 }),
    );
  }
  return rows;
}
