// What single neurons know of the labels, and what breaks without them. Run: npm run build && node examples/neurons.mjs
import { ablate, createNetwork, neuronInformation, train } from "@causalscope/core";
import { iris, scaleInputs, split } from "@causalscope/core/datasets";

const data = split(scaleInputs(iris(), 1 / 8), 100, 0);
let model = createNetwork({ layers: [4, 6, 3], activation: ["relu", "softmax"], initializer: "he", seed: 1 });
const rules = { epochs: 60, every: 60, batchSize: 10, learningRate: 0.05, loss: "cross-entropy", seed: 1 };
for await (const checkpoint of train(model, data, rules)) model = checkpoint.model;

for (const { layerName, unit, information, qValue } of await neuronInformation(model, data.train)) {
  console.log(`${layerName}, unit ${unit}: ${information.toFixed(3)} bits (q = ${qValue.toPrecision(2)})`);
}
const { scopes } = await ablate(model, data, { scores: ["information"], scopes: [0] });
for (const { score, gap } of scopes[0].summary.scores) {
  console.log(`low ${score} first less high first: ${gap.toFixed(3)} of accuracy`);
}
