// A network learns Iris; its causal plane every 500 epochs. Run: npm run build && node examples/training.mjs
import { causalPlane, createNetwork, train } from "@causalscope/core";
import { iris, scaleInputs, split } from "@causalscope/core/datasets";

const data = split(scaleInputs(iris(), 1 / 8), 100, 0);
const network = createNetwork({
  layers: [4, 5, 5, 3],
  activation: "sigmoid",
  bias: false,
  seed: 0,
  inputRange: [0, 1],
});
const options = { epochs: 2000, every: 500, batchSize: 10, learningRate: 0.01, reduction: "sum", seed: 0 };

for await (const checkpoint of train(network, data, options)) {
  const layers = await causalPlane(checkpoint.model, { bins: 8, seed: 0, tolerance: 0.02 });
  const points = layers.map(
    ({ degeneracy, sensitivity }) => `(${degeneracy.bits.toFixed(1)}, ${sensitivity.bits.toFixed(1)})`,
  );
  console.log(
    `epoch ${checkpoint.epoch}: loss ${checkpoint.train.loss.toFixed(3)}, (degeneracy, sensitivity) ${points.join(" ")}`,
  );
}
