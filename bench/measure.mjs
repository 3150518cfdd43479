// What the benchmarks share: time, medians, ways to run two things in turn, and a layer to measure.
import { performance } from "node:perf_hooks";
import { createNetwork, dense } from "@causalscope/core";
import { useKernels } from "../packages/core/dist/kernels/path.js";

/** A sigmoid layer with seeded weights, times `scale`. */
export function layer(inputs, outputs, scale = 1) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", bias: false, seed: 1 }).chain
    .layers[0];
  return dense({
    weights: { data: weights.map((weight) => weight * scale), shape: [outputs, inputs] },
    activation: "sigmoid",
    inputRange: [0, 1],
  });
}

export async function secondsOf(work, ...given) {
  const start = performance.now();
  await work(...given);
  return (performance.now() - start) / 1000;
}

/** Median, and largest − smallest. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { value: sorted[(sorted.length - 1) >> 1], spread: sorted.at(-1) - sorted[0] };
}

/** Median and spread of the seconds that `work(run)` takes, after one run to warm up. */
export async function seconds(work, repeats = 7) {
  const times = [];
  for (let run = 0; run <= repeats; run++) {
    const time = await secondsOf(work, run);
    if (run > 0) times.push(time);
  }
  return summary(times);
}

/** Values of `{ name: work }` in turn, so that all meet the same weather; the first of each warms up. `[name][run]`. */
export async function inTurn(works, repeats = 5) {
  const found = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let run = 0; run <= repeats; run++) {
    for (const [name, work] of Object.entries(works)) {
      const value = await work(run);
      if (run > 0) found[name].push(value);
    }
  }
  return found;
}

/** Ratios run by run. */
export function ratios(values, others) {
  return summary(values.map((value, run) => value / others[run]));
}

/** Runs `work` with the kernels in one way, then with the best there is again. */
export async function withKernels(path, work) {
  useKernels(path);
  try {
    return await work();
  } finally {
    useKernels("auto");
  }
}
