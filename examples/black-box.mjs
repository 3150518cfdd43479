// Any function of a batch, measured. Run: npm run build && node examples/black-box.mjs
import { blackBox, effectiveInformation, eiPartsMatrix } from "@causalscope/core";

// Two numbers in, their product and their larger one out.
const mechanism = blackBox({
  name: "product and maximum",
  inputs: 2,
  outputs: 2,
  inputRange: [0, 1],
  outputRange: [0, 1],
  evaluate(batch) {
    const found = new Float64Array(batch.length);
    for (let at = 0; at < batch.length; at += 2) {
      found[at] = batch[at] * batch[at + 1];
      found[at + 1] = Math.max(batch[at], batch[at + 1]);
    }
    return found;
  },
});
const options = { bins: 8, seed: 0, tolerance: 0.02 };

const ei = await effectiveInformation(mechanism, options);
console.log(`EI ${ei.bits.toFixed(3)} ± ${ei.standardError.toFixed(3)} bits from ${ei.samples} samples`);
const { bits, standardError } = await eiPartsMatrix(mechanism, options);
for (const [pair, value] of bits.entries()) {
  const [i, j] = [Math.floor(pair / mechanism.outputs), pair % mechanism.outputs];
  console.log(`input ${i} → output ${j}: ${value.toFixed(3)} ± ${standardError[pair].toFixed(3)} bits`);
}
