/** A job for every task that workers know: what "the same bytes with any number of workers" is tested on, in Node and in a browser. */

import { sampleCells } from "../../src/estimators/counting/cell-entropy.ts";
import { countPairs } from "../../src/estimators/counting/draw-pairs.ts";
import { countOutputStates } from "../../src/estimators/counting/output-entropy.ts";
import { ALL_INPUTS, outputCuts } from "../../src/estimators/engine.ts";
import { exactPairs } from "../../src/estimators/exact/exact-pairs.ts";
import { correctionRecords } from "../../src/estimators/likelihood/correction.ts";
import { rectangleLayer } from "../../src/estimators/likelihood/rectangle-layer.ts";
import { cellControls, surrogateRecords } from "../../src/estimators/likelihood/surrogate.ts";
import { Random, streamKey } from "../../src/information/random.ts";
import { measureLayerTask } from "../../src/measures/measure-layers.ts";
import { chain } from "../../src/model/graph-mechanism.ts";
import { type DenseMechanism, mechanismOf } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";
import { toPlain } from "../../src/model/plain-mechanism.ts";
import type { Task } from "../../src/settings/pool.ts";
import { layerOf } from "../kernels/layers.ts";

export interface Sample {
  readonly task: Task<never, never, unknown>;
  readonly job: unknown;
  /** More than one, or no worker would be asked. */
  readonly shards: readonly unknown[];
}

function sample<Job, Shard>(task: Task<Job, Shard, unknown>, job: Job, shards: readonly Shard[]): Sample {
  return { task: task as Task<never, never, unknown>, job, shards };
}

function layers() {
  const random = new Random(11);
  const weights = (outputs: number, inputs: number) =>
    Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => 4 * random.uniform() - 2));
  return network({
    inputRange: [0, 1],
    layers: [
      { weights: weights(4, 3), activation: "sigmoid", bias: [0.1, -0.2, 0.3, 0] },
      { weights: weights(3, 4), activation: "gelu" },
      { weights: weights(3, 3), activation: "softmax" },
    ],
  });
}

/** A new sample at every call, so that no test sees what another changed. */
export function samples(): Sample[] {
  const net = layers();
  const mechanisms = [...net.chain!.layers.map((layer) => mechanismOf(layer)), chain(net, { from: 0, to: 1 })];
  const shards = mechanisms.map((mechanism, seed) => ({ mechanism: toPlain(mechanism)!, bins: 4, seed }));
  const key = streamKey(3, 1);
  const layer = layerOf({ inputs: 7, outputs: 5, bins: 8, scale: 2, cuts: "dropping" });
  const { inputs, outputs, weights, base: bias, cuts } = layer;
  const affine = {
    inputs,
    outputs,
    dense: { weights, bias },
    inputRanges: Array.from({ length: inputs }, () => [-1, 2] as const),
  };
  const outputRanges = [
    { from: 0, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 5 },
  ];
  const samplesOf = (step: number) => [0, 1, 2].map((part) => ({ from: part * step, to: (part + 1) * step }));
  const surprisal = Float64Array.from({ length: outputs * cuts.count }, (_, at) => 0.1 * at);
  const control = Array.from({ length: outputs }, () => ({ low: -1, scale: 2, values: Float64Array.of(0, 1, 2, 1) }));
  const parts = new Float64Array(inputs).fill(4);
  const cells = { ...layer, parts, control, inRange: false, poolSize: 256 };
  const batches = [0, 4, 8].map((from) => ({ round: 1, from, to: from + 4, cells: 9, draws: 16 }));
  const wide = mechanismOf(net.chain!.layers[0]!) as DenseMechanism;
  const wideCuts = outputCuts(wide, { bins: { input: 4, output: 4 }, outside: "drop" });
  const { layer: rectangles } = rectangleLayer(wide, wideCuts, new Float64Array(wide.inputs).fill(4));
  const surrogate = {
    layer: rectangles,
    seed: 5,
    particles: 32,
    jitter: 0.1,
    cellJitter: 0.1,
    wanted: "both",
  } as const;
  return [
    sample(measureLayerTask, { tolerance: 0.2, rest: "middle" }, shards),
    sample(
      exactPairs,
      { layer: affine, intervention: ALL_INPUTS, inputBins: 6, cuts, beyond: undefined },
      outputRanges,
    ),
    sample(countPairs, { layer, inputBins: 6, beyond: undefined, key }, samplesOf(10_000)),
    sample(countOutputStates, { spec: { ...layer, surprisal }, key }, samplesOf(5 * 1024)),
    sample(sampleCells, { spec: cells, seed: 4 }, batches),
    sample(surrogateRecords, surrogate, samplesOf(3)),
    sample(cellControls, surrogate, samplesOf(20)),
    sample(correctionRecords, { layer: rectangles, seed: 5, particles: 16, wanted: "both" }, samplesOf(1)),
  ];
}
