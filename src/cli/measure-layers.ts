/** The measuring of `causalscope measure`: every subject, with its matrices, groups or sweep, and the progress over all of it. */
import { eiPartsMatrix } from "../causal/edge-information.ts";
import { eiBetweenGroups, type UnitGroups } from "../causal/group-information.ts";
import { layerSeed } from "../causal/layer-seed.ts";
import type { SomeMeasures, SomeOptions } from "../causal/measure-layer.ts";
import { measureSomeOfLayers } from "../causal/measure-layers.ts";
import type { MeasureName } from "../causal/measure-names.ts";
import { sensitivityMatrix } from "../causal/sensitivity.ts";
import type { BinCounts } from "../information/bins.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import { commonInputRange, type Mechanism } from "../network/mechanism.ts";
import type { Subject } from "./measure-request.ts";

/** The measures of a layer; where its measuring was cancelled, its EI so far in place of all of them. */
export interface MeasuredLayer extends SomeMeasures {
  readonly cancelled?: true;
}

/** How tables mark such an EI. */
export const SO_FAR = "cancelled: so far";

export interface Measured {
  /** Position in the network of its (first) layer, from 0. */
  readonly position: number;
  /** What it does, where it is no plain dense layer. */
  readonly what?: string | undefined;
  readonly bins: BinCounts;
  /** With a sweep, at its first number of bins. */
  readonly measures: MeasuredLayer;
  readonly sweep?: readonly { readonly bins: BinCounts; readonly measures: MeasuredLayer }[];
  readonly matrices?: { readonly eiParts: EstimateMatrix; readonly sensitivity: EstimateMatrix };
  readonly groups?: readonly (UnitGroups & { readonly estimate: Estimate })[];
}

export interface Extras {
  readonly sweep: readonly number[] | undefined;
  readonly groups: readonly UnitGroups[] | undefined;
  readonly matrix: boolean;
}

export interface Watch {
  /** Gets the fraction done, and what is being measured. */
  readonly onProgress: (fraction: number, name: string) => void;
  /** Gets all that would be left if the measuring were cancelled now, whenever that changes. */
  readonly onSoFar: (soFar: readonly Measured[]) => void;
  /** Gets what ended the measuring of one layer; the others are measured all the same. */
  readonly onFailed: (error: unknown, subject: Subject) => void;
}

type Options = Omit<SomeOptions, "bins" | "onProgress" | "onPartial"> & {
  readonly measures: readonly MeasureName[];
  readonly bins: BinCounts;
  readonly seed: number;
};

export async function measureAll(
  asked: readonly Subject[],
  options: Options,
  extras: Extras,
  { onProgress, onSoFar, onFailed }: Watch,
): Promise<readonly Measured[]> {
  const { sweep, groups, matrix } = extras;
  const steps = asked.length * (1 + (matrix ? 2 : 0) + (groups === undefined ? 0 : 1));
  let done = 0;
  const step: Step = async (name, size, run) => {
    onProgress(done / steps, name);
    const value = await run((fraction) => onProgress((done + size * fraction) / steps, name));
    done += size;
    onProgress(done / steps, name);
    return value;
  };
  const kept = new Array<Measured | undefined>(asked.length);
  let found: readonly Measured[] = [];
  const keep = (index: number, measured: Measured | undefined) => {
    kept[index] = measured;
    found = kept.filter((each) => each !== undefined);
    onSoFar(found);
  };
  // Each layer has its own noise, the same whichever others are measured with it.
  const seeded = asked.map((subject) => ({ ...subject, seed: layerSeed(options.seed, subject.position) }));
  if (sweep !== undefined) {
    for (const [index, { position, mechanism, what, seed }] of seeded.entries()) {
      const points = new Array<{ bins: BinCounts; measures: MeasuredLayer } | undefined>(sweep.length);
      const keepAt = (at: number, measures: MeasuredLayer) => {
        points[at] = { bins: { input: sweep[at]!, output: sweep[at]! }, measures };
        const known = points.filter((point) => point !== undefined);
        keep(index, { position, what, ...known[0]!, sweep: known });
      };
      let failure: { readonly error: unknown } | undefined;
      await step(mechanism.name, 1, (onProgress) =>
        measureSomeOfLayers(sweepRequests(mechanism, sweep, seed), {
          ...options,
          onProgress,
          onMeasured: (measures, at) => keepAt(at, measures),
          onPartial: (ei, at) => keepAt(at, cancelledAt(mechanism, ei)),
          onFailed: (error: unknown) => {
            failure ??= { error };
          },
        }),
      );
      if (failure !== undefined) onFailed(failure.error, asked[index]!);
    }
    return found;
  }
  const { bins } = options;
  const name = asked.length === 1 ? asked[0]!.mechanism.name : `${asked.length} layers`;
  const requests = seeded.map(({ mechanism, seed }) => ({ mechanism, bins, seed }));
  const keepAt = (index: number, measures: MeasuredLayer) =>
    keep(index, { position: seeded[index]!.position, what: seeded[index]!.what, bins, measures });
  const measures = await step(name, asked.length, (onProgress) =>
    measureSomeOfLayers(requests, {
      ...options,
      onProgress,
      onMeasured: (measures, index) => keepAt(index, measures),
      onPartial: (ei, index) => keepAt(index, cancelledAt(seeded[index]!.mechanism, ei)),
      onFailed: (error: unknown, index: number) => {
        // An EI so far is no finished layer.
        keep(index, undefined);
        onFailed(error, asked[index]!);
      },
    }),
  );
  for (const [index, { position, mechanism, what, seed }] of seeded.entries()) {
    const own = measures[index];
    if (own === undefined) continue;
    try {
      const more = await closer(mechanism, { ...options, seed }, extras, step);
      keep(index, { position, what, bins, measures: own, ...more });
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      onFailed(error, asked[index]!);
    }
  }
  return found;
}

/** Each number of bins with the seed that `binSweep()` gives it. */
function sweepRequests(mechanism: Mechanism, sweep: readonly number[], seed: number) {
  return sweep.map((bins, at) => ({ mechanism, bins, seed: derivedSeed(seed, at) }));
}

function cancelledAt(mechanism: Mechanism, ei: Estimate): MeasuredLayer {
  const { name, inputs, outputs, activation, outputRange } = mechanism;
  return {
    name,
    inputs,
    outputs,
    activation,
    inputRange: commonInputRange(mechanism),
    outputRange,
    ei,
    cancelled: true,
  };
}

/** @param size how many of the steps it is. */
type Step = <T>(name: string, size: number, run: (report: (fraction: number) => void) => Promise<T>) => Promise<T>;

/** Pairs and groups of one mechanism. */
async function closer(
  mechanism: Mechanism,
  options: Options,
  { groups, matrix }: Extras,
  step: Step,
): Promise<Pick<Measured, "matrices" | "groups">> {
  const { name } = mechanism;
  const { bins, outside, offset, signal, seed, tolerance, samples, rest, pool, memory } = options;
  const pairs = { bins, outside, offset, signal, seed, tolerance, samples, pool, memory };
  const matrices = matrix
    ? {
        eiParts: await step(name, 1, (onProgress) => eiPartsMatrix(mechanism, { ...pairs, onProgress })),
        sensitivity: await step(name, 1, (onProgress) => sensitivityMatrix(mechanism, { ...pairs, rest, onProgress })),
      }
    : undefined;
  const estimates =
    groups && (await step(name, 1, (onProgress) => eiBetweenGroups(mechanism, groups, { ...options, onProgress })));
  return {
    ...(matrices && { matrices }),
    ...(estimates && { groups: groups.map((group, at) => ({ ...group, estimate: estimates[at]! })) }),
  };
}
