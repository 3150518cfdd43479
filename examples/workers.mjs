// Every layer of a network, measured side by side by workers. Run: npm run build && node examples/workers.mjs
import { causalPlane, createNetwork } from "@causalscope/core";
import { createPool } from "@causalscope/core/workers";

const net = createNetwork({ layers: [4, 6, 6, 3], activation: "tanh", seed: 1 });
const pool = createPool();
try {
  for (const { name, ei } of await causalPlane(net, { bins: 8, tolerance: 0.05, pool })) {
    console.log(`${name}: ${ei.bits.toFixed(2)} ± ${ei.standardError.toFixed(2)} bits`);
  }
} finally {
  await pool.close();
}
