// Which inputs tell about which outputs, together and alone. Run: npm run build && node examples/groups.mjs
import { createNetwork, eiBetweenGroups } from "@causalscope/core";
import { mechanisms } from "@causalscope/core/models";

const network = createNetwork({ layers: [4, 3], activation: "tanh", bias: false, seed: 1, inputRange: [-1, 1] });
const [layer] = mechanisms(network);
const groups = [
  { inputs: [0, 1, 2, 3], outputs: [0, 1, 2] },
  { inputs: [0, 1], outputs: [0, 1, 2] },
  { inputs: [2, 3], outputs: [0, 1, 2] },
  { inputs: [0, 1, 2, 3], outputs: [0] },
];
const found = await eiBetweenGroups(layer, groups, { bins: 8, seed: 0, tolerance: 0.02 });
for (const [k, { inputs, outputs }] of groups.entries()) {
  const { bits, standardError } = found[k];
  console.log(`inputs ${inputs} → outputs ${outputs}: ${bits.toFixed(2)} ± ${standardError.toFixed(2)} bits`);
}
