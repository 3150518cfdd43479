/** What the page asks of a run besides its rows: each answer is computed from a checkpoint. */

import type { Model } from "@causalscope/core";
import type { Dataset } from "@causalscope/core/datasets";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import type { LayerRequest } from "@causalscope/core/measures";
import { edgeEvidence, eiPartsMatrix, measureLayers, type Pool, sensitivityMatrix } from "@causalscope/core/measures";
import { type LayerActivation, withActivation, withWeights } from "@causalscope/core/models";
import { type MeasurementRow, measurementRows } from "@causalscope/runs";
import { FOLDER, type LiveRun } from "./live-run.ts";
import type {
  Answers,
  EdgeAt,
  Edit,
  Examples,
  Inquiry,
  LayerWeights,
  NetworkAt,
  Place,
  SurfaceAt,
} from "./protocol.ts";

/** What an answer is computed with. */
export interface Means {
  readonly run: LiveRun;
  readonly pool: Pool | undefined;
  readonly signal: AbortSignal;
}

/** The answer to an inquiry about a run. @throws the signal's reason when it is forgotten. */
export async function answerTo(
  inquiry: Exclude<Inquiry, { of: "cost" | "options" }>,
  means: Means,
): Promise<Answers[Inquiry["of"]]> {
  switch (inquiry.of) {
    case "network":
      return networkAt(inquiry, means);
    case "surface":
      return surfaceAt(inquiry, inquiry.size, means);
    case "edge":
      return edgeAt(inquiry, means);
    case "refine":
      return measured(means.run.requests(inquiry), inquiry, inquiry.tolerance, means);
    case "what if":
      return measured(edited(inquiry, inquiry.edits, means.run), inquiry, undefined, means);
    case "examples":
      return examples(means.run);
    case "files":
      return [...means.run.storage.files(FOLDER)];
  }
}

async function networkAt(place: Place, { run, pool, signal }: Means): Promise<NetworkAt> {
  const requests = run.requests(place);
  const sensitivity: Float64Array[] = [];
  const eiParts: Float64Array[] = [];
  for (const { mechanism, bins } of requests) {
    const { inputs, outputs } = mechanism;
    sensitivity.push(transposed((await sensitivityMatrix(mechanism, { bins, pool, signal })).bits, inputs, outputs));
    eiParts.push(transposed((await eiPartsMatrix(mechanism, { bins, pool, signal })).bits, inputs, outputs));
  }
  return { seed: place.seed, epoch: place.epoch, layers: layersOf(run.model(place)), sensitivity, eiParts };
}

/** From `[inputs, outputs]` to the order of weights, `[outputs, inputs]`. */
function transposed(matrix: Float64Array, inputs: number, outputs: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let i = 0; i < inputs; i++) for (let j = 0; j < outputs; j++) turned[j * inputs + i] = matrix[i * outputs + j]!;
  return turned;
}

function layersOf({ chain }: Model): LayerWeights[] {
  return chain!.layers.map(({ inputs, outputs, activation, weights, bias }) => ({
    ...{ inputs, outputs, activation: activation as string, weights, bias },
  }));
}

/** All units over a square of the two features, layer after layer. */
async function surfaceAt(place: Place, size: number, { run, signal }: Means): Promise<SurfaceAt> {
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

async function edgeAt(
  { seed, epoch, layer, input, output }: Place & { layer: number; input: number; output: number },
  { run, pool, signal }: Means,
): Promise<EdgeAt> {
  const { mechanism, bins } = run.requests({ seed, epoch })[layer]!;
  const { weights, inputs } = layersOf(run.model({ seed, epoch }))[layer]!;
  const { joint, shape, response, inputRange, outputRange, eiParts, sensitivity } = await edgeEvidence(
    mechanism,
    input,
    output,
    { bins, pool, signal },
  );
  return {
    ...{ seed, epoch, layer, input, output, joint, shape, response, inputRange, outputRange },
    weight: weights[output * inputs + input]!,
    eiParts: eiParts.bits,
    sensitivity: sensitivity.bits,
  };
}

/** Rows of the run's kind, of layers at a place. */
async function measured(
  requests: readonly LayerRequest[],
  { seed, epoch }: Place,
  tolerance: number | undefined,
  { run, pool, signal }: Means,
): Promise<MeasurementRow[]> {
  const { tolerance: own, samples, outside } = run.options as { tolerance: number; samples: number; outside?: "drop" };
  const goal = tolerance ?? own;
  // A smaller error takes more samples, by its square.
  const most = Math.ceil(Math.max(1, (own / goal) ** 2) * samples);
  const measures = await measureLayers(requests, { tolerance: goal, samples: most, outside, pool, signal });
  return measures.flatMap((layer, position) => measurementRows(layer, position, seed, epoch));
}

/** The layers of a network with changes. */
function edited(place: Place, edits: readonly Edit[], run: LiveRun): readonly LayerRequest[] {
  let model = run.model(place);
  for (const { layer, input, output, weight, activation } of edits) {
    if (activation !== undefined) model = withActivation(model, layer, activation as LayerActivation);
    else if (weight !== undefined) model = withWeights(model, [{ layer, input: input!, output: output!, weight }]);
  }
  return run.requests(place, model);
}

async function examples(run: LiveRun): Promise<Answers["examples"]> {
  const data = await run.examples();
  if (data === undefined)
    throw new FormatError({ who: run.study.name, expected: "a study with examples", got: "none" });
  return { train: drawn(data.train), test: drawn(data.test ?? data.train), classes: data.train.classes ?? [] };
}

function drawn({ inputs, labels, rows, features }: Dataset): Examples {
  return { inputs, labels: labels ?? new Int32Array(rows), rows, columns: features };
}
