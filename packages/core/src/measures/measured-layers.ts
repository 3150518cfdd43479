/** The measuring of many layers: every one with its matrices, groups or sweep, and the progress over all of it. */
import { ClosedPoolError } from "../checks/error-classes.ts";
import type { BinCounts } from "../information/bins.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import { commonInputRange, type Mechanism } from "../model/mechanism.ts";
import { eiPartsMatrix } from "./edge-information.ts";
import { eiBetweenGroups, type UnitGroups } from "./group-information.ts";
import { layerSeed } from "./layer-seed.ts";
import type { SomeMeasures, SomeOptions } from "./measure-layer.ts";
import { measureSomeOfLayers } from "./measure-layers.ts";
import type { MeasureName } from "./measure-names.ts";
import type { Subject } from "./requested-layers.ts";
import { sensitivityMatrix } from "./sensitivity.ts";

/** The measures of a layer at one number of bins. */
export interface MeasuredPoint extends SomeMeasures {
  readonly bins: BinCounts;
  /** Its measuring was cancelled: its EI so far is in place of all measures. */
  readonly cancelled?: true;
}

/** All that `measure()` found of a layer; with a sweep, its measures are those at the first number of bins. */
export interface MeasuredLayer extends MeasuredPoint {
  /** Position in the model of its (first) layer, from 0. */
  readonly position: number;
  /** What it does, where it is no plain dense layer: "convolution 3×3 at (4, 4) of 9 × 9". */
  readonly what?: string | undefined;
  readonly sweep?: readonly MeasuredPoint[];
  /** `[inputs, outputs]`: the terms of EI_parts. */
  readonly eiPartsMatrix?: EstimateMatrix;
  /** `[inputs, outputs]`: the terms of sensitivity. */
  readonly sensitivityMatrix?: EstimateMatrix;
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
  readonly onSoFar: (soFar: readonly MeasuredLayer[]) => void;
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
): Promise<readonly MeasuredLayer[]> {
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
  const kept = new Array<MeasuredLayer | undefined>(asked.length);
  let found: readonly MeasuredLayer[] = [];
  const keep = (index: number, measured: MeasuredLayer | undefined) => {
    kept[index] = measured;
    found = kept.filter((each) => each !== undefined);
    onSoFar(found);
  };
  // Each layer has its own noise, the same whichever others are measured with it.
  const seeded = asked.map((subject) => ({ ...subject, seed: layerSeed(options.seed, subject.position) }));
  if (sweep !== undefined) {
    for (const [index, { position, mechanism, what, seed }] of seeded.entries()) {
      const points = new Array<MeasuredPoint | undefined>(sweep.length);
      const keepAt = (at: number, measures: SomeMeasures & Pick<MeasuredPoint, "cancelled">) => {
        points[at] = { ...measures, bins: { input: sweep[at]!, output: sweep[at]! } };
        const known = points.filter((point) => point !== undefined);
        keep(index, { ...known[0]!, position, what, sweep: known });
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
  const keepAt = (index: number, measures: SomeMeasures & Pick<MeasuredPoint, "cancelled">) =>
    keep(index, { ...measures, position: seeded[index]!.position, what: seeded[index]!.what, bins });
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
      keep(index, { ...own, position, what, bins, ...more });
    } catch (error) {
      if (options.signal?.aborted === true || error instanceof ClosedPoolError) throw error;
      onFailed(error, asked[index]!);
    }
  }
  return found;
}

/** Each number of bins with the seed that `binSweep()` gives it. */
function sweepRequests(mechanism: Mechanism, sweep: readonly number[], seed: number) {
  return sweep.map((bins, at) => ({ mechanism, bins, seed: derivedSeed(seed, at) }));
}

function cancelledAt(mechanism: Mechanism, ei: Estimate): SomeMeasures & { readonly cancelled: true } {
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
): Promise<Pick<MeasuredLayer, "eiPartsMatrix" | "sensitivityMatrix" | "groups">> {
  const { name } = mechanism;
  // Pairs are found in the best way there is; the noise on single inputs stays uniform.
  const pairs = { ...options, method: undefined, threshold: undefined };
  const { noise: _, ...alone } = pairs;
  const matrices = matrix
    ? {
        eiPartsMatrix: await step(name, 1, (onProgress) => eiPartsMatrix(mechanism, { ...pairs, onProgress })),
        sensitivityMatrix: await step(name, 1, (onProgress) => sensitivityMatrix(mechanism, { ...alone, onProgress })),
      }
    : undefined;
  const estimates =
    groups && (await step(name, 1, (onProgress) => eiBetweenGroups(mechanism, groups, { ...options, onProgress })));
  return {
    ...matrices,
    ...(estimates && { groups: groups.map((group, at) => ({ ...group, estimate: estimates[at]! })) }),
  };
}
