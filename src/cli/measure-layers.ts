/** The measuring of `causalscope measure`: every subject, with its matrices, groups or sweep, and the progress over all of it. */
import { binSweep } from "../causal/bin-sweep.ts";
import { eiPartsMatrix } from "../causal/edge-information.ts";
import { eiBetweenGroups, type UnitGroups } from "../causal/group-information.ts";
import type { LayerMeasures, LayerOptions } from "../causal/measure-layer.ts";
import { measureLayers } from "../causal/measure-layers.ts";
import { sensitivityMatrix } from "../causal/sensitivity.ts";
import type { BinCounts } from "../information/bins.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import type { Mechanism } from "../network/mechanism.ts";
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

/** @param onProgress gets the fraction done, and what is being measured. */
export async function measureAll(
  asked: readonly Subject[],
  options: Options,
  extras: Extras,
  onProgress: (fraction: number, name: string) => void,
): Promise<Measured[]> {
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
  // Each layer has its own noise, the same whichever others are measured with it.
  const seeded = asked.map((subject) => ({ ...subject, seed: derivedSeed(options.seed, subject.position) }));
  const found: Measured[] = [];
  if (sweep !== undefined) {
    for (const { position, mechanism, seed } of seeded) {
      const points = await step(mechanism.name, 1, (onProgress) =>
        binSweep(mechanism, sweep, { ...options, seed, onProgress }),
      );
      const at = points.map(({ measures }, index) => {
        const count = sweep[index]!;
        return { bins: { input: count, output: count }, measures };
      });
      found.push({ position, bins: at[0]!.bins, measures: at[0]!.measures, sweep: at });
    }
    return found;
  }
  const { bins } = options;
  const name = asked.length === 1 ? asked[0]!.mechanism.name : `${asked.length} layers`;
  const requests = seeded.map(({ mechanism, seed }) => ({ mechanism, bins, seed }));
  const measures = await step(name, asked.length, (onProgress) => measureLayers(requests, { ...options, onProgress }));
  for (const [index, { position, mechanism, seed }] of seeded.entries()) {
    const more = await closer(mechanism, { ...options, seed }, extras, step);
    found.push({ position, bins, measures: measures[index]!, ...more });
  }
  return found;
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
  const { bins, outside, signal, seed, tolerance, samples, rest, pool } = options;
  const pairs = { bins, outside, signal, seed, tolerance, samples, pool };
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
