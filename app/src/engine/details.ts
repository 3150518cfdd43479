/** Answers to what is asked when someone points at something, or changes it: loaded with the first of them. */
import type { Dataset } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import { edgeEvidence, type LayerRequest } from "@causalscope/core/measures";
import { type LayerActivation, withActivation, withWeights } from "@causalscope/core/models";
import type { TrainingData } from "@causalscope/core/training";
import type { LiveRun } from "./live-run.ts";
import { layersOf, type Means, poolFor } from "./means.ts";
import type { EdgeAt, Edit, InformationAt, Place, SurfaceAt } from "./protocol.ts";

/** All units over a square of the two features, layer after layer. */
export async function surfaceAt(place: Place, size: number, { run, signal }: Means): Promise<SurfaceAt> {
  const requests = run.requests(place);
  const first = requests[0]!.mechanism;
  if (first.inputs !== 2)
    throw new InvalidInputError({ who: "surface", expected: "a network of two inputs", got: `${first.inputs}` });
  const [low, high] = first.inputRanges[0]!;
  let values = new Float64Array(2 * size * size);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      values[at++] = low + ((column + 0.5) / size) * (high - low);
      values[at++] = low + ((row + 0.5) / size) * (high - low);
    }
  }
  const units: Float32Array[][] = [];
  for (const { mechanism } of requests) {
    values = Float64Array.from(await mechanism.evaluate(values, size * size));
    signal.throwIfAborted();
    const { outputs } = mechanism;
    units.push(
      Array.from({ length: outputs }, (_, unit) =>
        Float32Array.from({ length: size * size }, (_, at) => values[at * outputs + unit]!),
      ),
    );
  }
  return { seed: place.seed, epoch: place.epoch, size, range: [low, high], units };
}

export async function edgeAt(
  { seed, epoch, layer, input, output }: Place & { layer: number; input: number; output: number },
  { run, pool, signal }: Means,
): Promise<EdgeAt> {
  const { mechanism, bins } = run.requests({ seed, epoch })[layer]!;
  const { weights, inputs } = layersOf(run.model({ seed, epoch }))[layer]!;
  const { joint, shape, response, inputRange, outputRange, eiParts, sensitivity } = await edgeEvidence(
    mechanism,
    input,
    output,
    { bins, signal, pool: poolFor(mechanism, pool) },
  );
  return {
    ...{ seed, epoch, layer, input, output, joint, shape, response, inputRange, outputRange },
    weight: weights[output * inputs + input]!,
    eiParts: eiParts.bits,
    sensitivity: sensitivity.bits,
  };
}

/** Examples that a reading of the information plane takes at most. */
const MOST_READ = 1000;

export async function information(
  seed: number,
  epochs: readonly number[],
  { train }: TrainingData,
  { run, signal }: Means,
): Promise<InformationAt[]> {
  const { layerInformation } = await import("@causalscope/core/neurons");
  const data = train.rows > MOST_READ ? headOf(train, MOST_READ) : train;
  const { bins } = run.options as { readonly bins: number | { readonly output: number } };
  const quantizer = { kind: "uniform", bins: typeof bins === "number" ? bins : bins.output } as const;
  const found: InformationAt[] = [];
  for (const epoch of epochs) {
    signal.throwIfAborted();
    const layers = await layerInformation(run.model({ seed, epoch }), data, { kind: "bins", quantizer });
    const { most, samples, estimator } = layers[0]!;
    found.push({
      ...{ seed, epoch, most, samples, estimator },
      ofInput: layers.map((layer) => layer.ofInput!),
      ofLabel: layers.map((layer) => layer.ofLabel),
    });
    // Other messages have their turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return found;
}

/** The first rows of a dataset. */
function headOf({ inputs, labels, features, ...rest }: Dataset, rows: number): Dataset {
  return { ...rest, features, rows, inputs: inputs.subarray(0, rows * features), labels: labels?.subarray(0, rows) };
}

/** The layers of a network with changes. */
export function edited(place: Place, edits: readonly Edit[], run: LiveRun): readonly LayerRequest[] {
  let model = run.model(place);
  for (const { layer, input, output, weight, activation } of edits) {
    if (activation !== undefined) model = withActivation(model, layer, activation as LayerActivation);
    else if (weight !== undefined) model = withWeights(model, [{ layer, input: input!, output: output!, weight }]);
  }
  return run.requests(place, model);
}
