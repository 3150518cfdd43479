/** What the page asks of a run besides its rows: each answer is computed from a checkpoint. */

import type { Dataset } from "@causalscope/core/datasets";
import { FormatError } from "@causalscope/core/errors";
import type { EstimateMatrix, LayerRequest } from "@causalscope/core/measures";
import { eiPartsMatrix, measureLayers, sensitivityMatrix } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import { type DataPlan, type MeasurementRow, measurementRows } from "@causalscope/runs";
import { FOLDER, type LiveRun } from "./live-run.ts";
import { layersOf, type Means, poolFor } from "./means.ts";
import type { Answers, Examples, Inquiry, NetworkAt, Place, Wires } from "./protocol.ts";

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
      return (await details()).surfaceAt(inquiry, inquiry.size, means);
    case "edge":
      return (await details()).edgeAt(inquiry, means);
    case "refine":
      return refined(inquiry, inquiry.tolerance, means);
    case "what if":
      return measured((await details()).edited(inquiry, inquiry.edits, means.run), inquiry, undefined, means);
    case "information":
      return (await details()).information(inquiry.seed, inquiry.epochs, await requireExamples(means.run), means);
    case "examples":
      return examples(means.run);
    case "files":
      return [...means.run.storage.files(FOLDER)];
  }
}

/** What a page asks when someone points at something. */
const details = () => import("./details.ts");

async function networkAt(place: Place, { run, pool, signal }: Means): Promise<NetworkAt> {
  const requests = run.requests(place);
  const sensitivity: Wires[] = [];
  const eiParts: Wires[] = [];
  for (const { mechanism, bins } of requests) {
    const means = { bins, signal, pool: poolFor(mechanism, pool) };
    sensitivity.push(wiresOf(await sensitivityMatrix(mechanism, means)));
    eiParts.push(wiresOf(await eiPartsMatrix(mechanism, means)));
  }
  return { seed: place.seed, epoch: place.epoch, layers: layersOf(run.model(place)), sensitivity, eiParts };
}

const wiresOf = ({ shape: [inputs, outputs], bits, standardError }: EstimateMatrix): Wires => ({
  bits: transposed(bits, inputs, outputs),
  errors: transposed(standardError, inputs, outputs),
});

/** From `[inputs, outputs]` to the order of weights, `[outputs, inputs]`. */
function transposed(matrix: Float64Array, inputs: number, outputs: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let i = 0; i < inputs; i++) for (let j = 0; j < outputs; j++) turned[j * inputs + i] = matrix[i * outputs + j]!;
  return turned;
}

/** To twice the error first, which takes a fifth of the time: one sees it shrink. */
async function refined(place: Place, tolerance: number, means: Means): Promise<MeasurementRow[]> {
  const requests = means.run.requests(place);
  means.soFar(await measured(requests, place, 2 * tolerance, means));
  return measured(requests, place, tolerance, means);
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
  const { columns = [], scale } = (options.provenance ?? {}) as Partial<NonNullable<DataPlan["provenance"]>>;
  const isScaled = scale !== undefined && scale !== "none";
  const names = columns.map((name) => (isScaled ? `${name} (scaled)` : name));
  return { train: drawn(train), test: drawn(test ?? train), classes: train.classes ?? [], columns: names };
}

function drawn({ inputs, labels, rows, features }: Dataset): Examples {
  return { inputs, labels: labels ?? new Int32Array(rows), rows, columns: features };
}
