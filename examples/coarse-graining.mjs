// Does a layer say more as pairs of units than unit by unit? Run: npm run build && node examples/coarse-graining.mjs
import { coarseGrain, dense, effectiveInformation } from "@causalscope/core";

const micro = dense({
  name: "two blocks",
  weights: [
    [2, 2, 0, 0],
    [2, 2, 0, 0],
    [0, 0, 2, 2],
    [0, 0, 2, 2],
  ],
  activation: "sigmoid",
  inputRange: [0, 1],
});
const pairs = [
  [0, 1],
  [2, 3],
];
const macro = coarseGrain(micro, { inputs: pairs, outputs: pairs });
for (const mechanism of [micro, macro]) {
  const { bits, standardError } = await effectiveInformation(mechanism, { bins: 8, seed: 0, tolerance: 0.02 });
  console.log(
    `${mechanism.inputs}→${mechanism.outputs} (${mechanism.name}): ${bits.toFixed(2)} ± ${standardError.toFixed(2)} bits`,
  );
}
