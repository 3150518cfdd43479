/** What the page asks of a run besides its rows: each answer is computed from a checkpoint. */

import type { Model } from "@causalscope/core";
import type { Dataset } from "@causalscope/core/datasets";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import type { LayerRequest } from "@causalscope/core/measures";
import { edgeEvidence, eiPartsMatrix, measureLayers, type Pool, sensitivityMatrix } from "@causalscope/core/measures";
import { type LayerActivation, withActivation, withWeights } from "@causalscope/core/models";
import type { TrainingData } from "@causalscope/core/training";
import { type MeasurementRow, measurementRows } from "@causalscope/runs";
import { FOLDER, type LiveRun } from "./live-run.ts";
import type {
  Answers,
  EdgeAt,
  Edit,
  Examples,
  InformationAt,
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
  /** Sends an answer that is not the last. */
  readonly soFar: (answer: Answers[Inquiry["of"]]) => void;
}

/** What is asked of a question, or of data, without a run. */
export type AboutQuestion = "cost" | "options" | "table" | "data";

/** The answer to an inquiry about a run. @throws the signal's reason when it is forgotten. */
export async function answerTo(
  inquiry: Exclude<Inquiry, { of: AboutQuestion }>,
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
      return refined(inquiry, inquiry.tolerance, means);
    case "what if":
      return measured(edited(inquiry, inquiry.edits, means.run), inquiry, undefined, means);
    case "information":
      return information(inquiry.seed, inquiry.epochs, means);
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
    const means = { bins, signal, pool: poolFor(mechanism, pool) };
    sensitivity.push(transposed((await sensitivityMatrix(mechanism, means)).bits, inputs, outputs));
    eiParts.push(transposed((await eiPartsMatrix(mechanism, means)).bits, inputs, outputs));
  }
  return { seed: place.seed, epoch: place.epoch, layers: layersOf(run.model(place)), sensitivity, eiParts };
}

/** Connections up to which a drawing does not wait in the line of what the run measures: it takes some ten milliseconds. */
const SMALL = 500;

const poolFor = ({ inputs, outputs }: LayerRequest["mechanism"], pool: Pool | undefined) =>
  inputs * outputs <= SMALL ? undefined : pool;

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
    { bins, signal, pool: poolFor(mechanism, pool) },
  );
  return {
    ...{ seed, epoch, layer, input, output, joint, shape, response, inputRange, outputRange },
    weight: weights[output * inputs + input]!,
    eiParts: eiParts.bits,
    sensitivity: sensitivity.bits,
  };
}

/** To twice the error first, which takes a fifth of the time: one sees it shrink. */
async function refined(place: Place, tolerance: number, means: Means): Promise<MeasurementRow[]> {
  const requests = means.run.requests(place);
  means.soFar(await measured(requests, place, 2 * tolerance, means));
  return measured(requests, place, tolerance, means);
}

/** Examples that a reading of the information plane takes at most. */
const MOST_READ = 1000;

async function information(seed: number, epochs: readonly number[], { run, signal }: Means): Promise<InformationAt[]> {
  const { layerInformation } = await import("@causalscope/core/neurons");
  const { train } = await requireExamples(run);
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

async function requireExamples(run: LiveRun): Promise<TrainingData> {
  const data = await run.examples();
  if (data !== undefined) return data;
  throw new FormatError({ who: run.study.name, expected: "a study with examples", got: "none" });
}

async function examples(run: LiveRun): Promise<Answers["examples"]> {
  return examplesOf(await requireExamples(run), run.options);
}

/** Examples for drawing. @param options of their question, in which the names of features are. */
export function examplesOf(
  { train, test }: TrainingData,
  options: Readonly<Record<string, unknown>>,
): Answers["examples"] {
  const { columns = [] } = (options.provenance ?? {}) as { readonly columns?: readonly string[] };
  return { train: drawn(train), test: drawn(test ?? train), classes: train.classes ?? [], columns };
}

function drawn({ inputs, labels, rows, features }: Dataset): Examples {
  return { inputs, labels: labels ?? new Int32Array(rows), rows, columns: features };
}
