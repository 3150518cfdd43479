/**
 * What a simple decoder gets of the label out of a layer: I(Y; L) ≥ H(Y) − the decoder's cross-entropy on examples that it has not learned
 * from. It needs no bins, and tells what can be read by a linear readout: the rest may be there in another form.
 */
import { type Dataset, dataset } from "../datasets/dataset.ts";
import { entropyFromCounts } from "../information/entropy-estimators.ts";
import type { Network } from "../network/network.ts";
import { evaluate } from "../training/evaluate.ts";
import { createNetwork } from "../training/initialize.ts";
import { train } from "../training/train.ts";
import { activationsOf, requireLabels } from "./activations.ts";

export interface DecoderBound {
  readonly layer: number;
  readonly layerName: string;
  /** A lower bound on I(Y; L) in bits, up to the test set's chance; below 0 where the decoder is worse than none. */
  readonly bits: number;
  /** Accuracy of the decoder on the test examples. */
  readonly accuracy: number;
}

/**
 * A multinomial logistic regression on each layer's activations, learned on `learned` and read on `tested`.
 *
 * @throws InvalidInputError for data that do not fit, or a class without an example.
 */
export async function decoderBounds(
  network: Network,
  learned: Dataset,
  tested: Dataset,
  { epochs = 200, seed = 0 }: { readonly epochs?: number; readonly seed?: number } = {},
): Promise<DecoderBound[]> {
  const { labels, classes } = requireLabels(tested, "decoderBounds()");
  requireLabels(learned, "decoderBounds()");
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const whole = entropyFromCounts(counts, "plug-in").bits;
  const [own, other] = [await activationsOf(network, learned), await activationsOf(network, tested)];
  const found: DecoderBound[] = [];
  for (const [layer, { layer: dense, values }] of own.entries()) {
    const scale = standardizer(values, dense.outputs);
    const of = (data: Float64Array, from: Dataset) =>
      dataset({
        name: `${dense.name} of ${from.name}`,
        inputs: { data: scale(data), shape: [from.rows, dense.outputs] },
        labels: from.labels!,
        classes: Array.from({ length: classes }, (_, label) => `${label}`),
      });
    let probe = createNetwork({ layers: [dense.outputs, classes], activation: "softmax", seed });
    const rules = { epochs, every: epochs, batchSize: Math.min(64, learned.rows), learningRate: 0.01 } as const;
    const how = { optimizer: "adam", loss: "cross-entropy", seed } as const;
    for await (const { network: now } of train(probe, of(values, learned), { ...rules, ...how })) probe = now;
    const { loss, accuracy } = evaluate(probe, of(other[layer]!.values, tested), "cross-entropy");
    found.push({ layer, layerName: dense.name, bits: whole - loss / Math.LN2, accuracy });
  }
  return found;
}

/** To mean 0 and deviation 1 of each unit over these values, so that one learning rate does for all layers; a constant unit becomes 0. */
function standardizer(values: Float64Array, units: number): (data: Float64Array) => Float64Array {
  const rows = values.length / units;
  const [means, deviations] = [new Float64Array(units), new Float64Array(units)];
  for (const [k, value] of values.entries()) means[k % units]! += value / rows;
  for (const [k, value] of values.entries())
    deviations[k % units]! += ((value - means[k % units]!) * (value - means[k % units]!)) / rows;
  return (data) =>
    data.map((value, k) => {
      const deviation = Math.sqrt(deviations[k % units]!);
      return deviation === 0 ? 0 : (value - means[k % units]!) / deviation;
    });
}
