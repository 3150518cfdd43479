// All pairwise measures of layers as models have them: exact, on two workers.
import { dense, eiParts, network, sensitivity } from "@causalscope/core";
import { layerMechanism } from "@causalscope/core/models";
import { createPool } from "@causalscope/core/workers";

function numbers(count, scale, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}

const layer = (inputs, outputs, activation, seed) => ({
  weights: { data: numbers(inputs * outputs, Math.sqrt(3 / inputs), seed), shape: [outputs, inputs] },
  bias: numbers(outputs, 0.1, seed + 1),
  activation,
});

async function seconds(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

export async function bench() {
  const pool = createPool({ workers: 2 });
  try {
    const widths = [784, 100, 100, 10];
    const layers = widths
      .slice(1)
      .map((outputs, l) => layer(widths[l], outputs, l < 2 ? "relu" : "identity", 10 * l + 1));
    const model = network({ layers, inputRange: [0, 1] });
    const mlp = await seconds(async () => {
      for (const each of model.layers) {
        const { mechanism } = layerMechanism(model, each);
        await eiParts(mechanism, { bins: 64, pool });
        await sensitivity(mechanism, { bins: 64, pool });
      }
    });
    const wide = dense(layer(768, 3072, "gelu", 7));
    const transformer = await seconds(async () => {
      await eiParts(wide, { bins: 32, pool });
      await sensitivity(wide, { bins: 32, pool });
    });
    const memory = process.resourceUsage().maxRSS / 1000;
    return [
      { area: "models", name: "784-100-100-10 ReLU, all pairs, 64 bins", value: mlp, unit: "s", bar: "< 5" },
      { area: "models", name: "768→3072 GELU, all pairs, 32 bins", value: transformer, unit: "s", bar: "< 60" },
      { area: "models", name: "the same: peak memory of the process", value: memory, unit: "MB", bar: "< 1000" },
    ];
  } finally {
    await pool.close();
  }
}
