// Every layer of a model file, a safetensors file and a network of one's own. Run: npm run build && node examples/model-file.mjs [MODEL]
import { readFile } from "node:fs/promises";
import { measure, network, readModel } from "@causalscope/core";

const own = network({
  layers: [
    {
      name: "hidden",
      weights: [
        [5, 5],
        [-5, -5],
      ],
      bias: [-2.5, 7.5],
      activation: "sigmoid",
    },
    { name: "output", weights: [[6, 6]], bias: [-9], activation: "sigmoid" },
  ],
  inputRange: [0, 1],
});
const [, , path] = process.argv;
const model = path === undefined ? own : await readModel(await readFile(path), { name: path });

const { layers, notMeasured } = await measure(model, { bins: 8, seed: 0, tolerance: 0.02 });
for (const { name, ei, sensitivity, degeneracy } of layers) {
  console.log(
    `${name}: EI ${ei.bits.toFixed(2)} ± ${ei.standardError.toFixed(2)} bits, sensitivity ${sensitivity.bits.toFixed(2)}, degeneracy ${degeneracy.bits.toFixed(2)}`,
  );
}
for (const { name, reason } of notMeasured) console.log(`${name}: not measured, because ${reason}`);
