/** The measuring of `causalscope measure`: every subject, with its matrices, groups or sweep, and the progress over all of it. */
import { binSweep } from "../causal/bin-sweep.ts";
import { eiPartsMatrix } from "../causal/edge-information.ts";
import { eiBetweenGroups, type UnitGroups } from "../causal/group-information.ts";
import { type LayerMeasures, type LayerOptions, measureLayer } from "../causal/measure-layer.ts";
import { sensitivityMatrix } from "../causal/sensitivity.ts";
import type { BinCounts } from "../information/bins.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import type { Subject } from "./measure-request.ts";

export interface Measured {
  /** Position in the network of its (first) layer, from 0. */
  readonly position: number;
  readonly bins: BinCounts;
  /** With a sweep, at its first number of bins. */
  readonly measures: LayerMeasures;
  readonly sweep?: readonly { readonly bins: BinCounts; readonly measures: LayerMeasures }[];
  readonly matrices?: { readonly eiParts: EstimateMatrix; readonly sensitivity: EstimateMatrix };
  readonly groups?: readonly (UnitGroups & { readonly estimate: Estimate })[];
}

export interface Extras {
  readonly sweep: readonly number[] | undefined;
  readonly groups: readonly UnitGroups[] | undefined;
  readonly matrix: boolean;
}

type Options = Omit<LayerOptions, "bins" | "onProgress"> & { readonly bins: BinCounts; readonly seed: number };

/** @param onProgress gets the fraction done, and the name of what is being measured. */
export async function measureAll(
  asked: readonly Subject[],
  options: Options,
  extras: Extras,
  onProgress: (fraction: number, name: string) => void,
): Promise<Measured[]> {
  const steps = asked.length * (1 + (extras.matrix ? 2 : 0) + (extras.groups === undefined ? 0 : 1));
  let done = 0;
  const found: Measured[] = [];
  for (const subject of asked) {
    const { name } = subject.mechanism;
    const step = async <T>(run: (report: (fraction: number) => void) => Promise<T>): Promise<T> => {
      onProgress(done / steps, name);
      const value = await run((fraction) => onProgress((done + fraction) / steps, name));
      done++;
      onProgress(done / steps, name);
      return value;
    };
    // Each layer has its own noise, the same whichever others are measured with it.
    const seed = derivedSeed(options.seed, subject.position);
    found.push(await measured(subject, { ...options, seed }, extras, step));
  }
  return found;
}

type Step = <T>(run: (report: (fraction: number) => void) => Promise<T>) => Promise<T>;

async function measured(
  { position, mechanism }: Subject,
  options: Options,
  { sweep, groups, matrix }: Extras,
  step: Step,
): Promise<Measured> {
  if (sweep !== undefined) {
    const points = await step((onProgress) => binSweep(mechanism, sweep, { ...options, onProgress }));
    const at = points.map(({ measures }, index) => {
      const count = sweep[index]!;
      return { bins: { input: count, output: count }, measures };
    });
    return { position, bins: at[0]!.bins, measures: at[0]!.measures, sweep: at };
  }
  const { bins } = options;
  const measures = await step((onProgress) => measureLayer(mechanism, { ...options, onProgress }));
  const { outside, signal, seed, tolerance, samples, rest } = options;
  const pairs = { bins, outside, signal, seed, tolerance, samples };
  const matrices = matrix
    ? {
        eiParts: await step((onProgress) => eiPartsMatrix(mechanism, { ...pairs, onProgress })),
        sensitivity: await step((onProgress) => sensitivityMatrix(mechanism, { ...pairs, rest, onProgress })),
      }
    : undefined;
  const estimates =
    groups && (await step((onProgress) => eiBetweenGroups(mechanism, groups, { ...options, onProgress })));
  return {
    position,
    bins,
    measures,
    ...(matrices && { matrices }),
    ...(estimates && { groups: groups.map((group, at) => ({ ...group, estimate: estimates[at]! })) }),
  };
}
