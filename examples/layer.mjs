// The measures of one layer. Run: npm run build && node examples/layer.mjs
import { dense, effectiveInformation, eiParts, sensitivity } from "@causalscope/core";

const layer = dense({
  weights: [
    [2, -1],
    [1, 3],
  ],
  activation: "sigmoid",
  inputRange: [0, 1],
});
const ei = await effectiveInformation(layer, { bins: 8, seed: 0, tolerance: 0.01 });
console.log(`EI ${ei.bits.toFixed(3)} ± ${ei.standardError.toFixed(3)} bits`);
console.log(`EI_parts ${(await eiParts(layer, { bins: 8 })).bits.toFixed(6)} bits, exactly`);
console.log(`sensitivity ${(await sensitivity(layer, { bins: 8 })).bits.toFixed(6)} bits, exactly`);
