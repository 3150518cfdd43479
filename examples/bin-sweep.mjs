// EI and its companions at growing numbers of bins. Run: npm run build && node examples/bin-sweep.mjs
import { binSweep, dense } from "@causalscope/core";

const layer = dense({
  weights: [
    [2, -1],
    [1, 3],
  ],
  activation: "sigmoid",
  inputRange: [0, 1],
});
for (const { bins, measures } of await binSweep(layer, [4, 8, 16, 32, 64], { seed: 0, tolerance: 0.02 })) {
  const { ei, eiParts, sensitivity } = measures;
  console.log(
    `${bins} bins: EI ${ei.bits.toFixed(2)} ± ${ei.standardError.toFixed(2)}, ` +
      `EI_parts ${eiParts.bits.toFixed(3)}, sensitivity ${sensitivity.bits.toFixed(3)} bits`,
  );
}
