// Speed of EI of one layer, sampled to a stated error, with small weights and with large ones.
import { effectiveInformation } from "@causalscope/core";
import { inTurn, layer, ratios, secondsOf, summary, withKernels } from "./measure.mjs";

const BINS = 8;
const TOLERANCE = 0.01;
const SIZES = [
  { inputs: 5, outputs: 5, most: 0.05 },
  { inputs: 6, outputs: 6, most: 0.15 },
  { inputs: 25, outputs: 6, most: 0.3 },
];

export async function bench() {
  const rows = [];
  for (const { inputs, outputs, most } of SIZES) {
    for (const scale of [1, 5]) {
      const given = layer(inputs, outputs, scale);
      const time = (path) => (seed) =>
        withKernels(path, () =>
          secondsOf(() => effectiveInformation(given, { bins: BINS, seed, tolerance: TOLERANCE })),
        );
      const { compiled, plain } = await inTurn({ compiled: time("wasm"), plain: time("typescript") });
      const found = summary(compiled);
      rows.push({
        area: "EI",
        name: `EI ${inputs}→${outputs}, weights ×${scale}, ${BINS} bins, ±${TOLERANCE} bit`,
        unit: "s",
        ...found,
        bar: `< ${most}`,
        holds: found.value < most,
        against: { name: "plain TypeScript", value: summary(plain).value, ratio: ratios(plain, compiled).value },
      });
    }
  }
  return rows;
}
