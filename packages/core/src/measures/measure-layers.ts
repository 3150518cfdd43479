/** Several mechanisms, or one at several numbers of bins: side by side where there are workers, one after another where there are none. */

import { requireList } from "../checks/check.ts";
import { ClosedPoolError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import type { BinsSpec } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import type { Mechanism } from "../model/mechanism.ts";
import { fromPlain, type PlainMechanism, toPlain } from "../model/plain-mechanism.ts";
import type { Task } from "../settings/pool.ts";
import { type Settings, settingsOf } from "../settings/settings.ts";
import {
  type LayerMeasures,
  type LayerOptions,
  measureLayer,
  measureSome,
  type SomeMeasures,
} from "./measure-layer.ts";
import type { MeasureName } from "./measure-names.ts";

/** What differs from one measurement to the next. */
export interface LayerRequest {
  readonly mechanism: Mechanism;
  readonly bins: BinsSpec;
  readonly seed: number;
}

/** What a list of measurements has in common. */
export interface SeveralOptions extends Omit<LayerOptions, "onPartial"> {
  /**
   * Called with the EI so far of one mechanism and its position in the list. A mechanism that a worker measures as a whole, as it does
   * the small ones of several, gives no such values: functions cannot be sent there.
   */
  readonly onPartial?: (partial: Estimate, index: number) => void;
  /** Called with the measures of each mechanism and its position in the list as soon as they are known, in any order. */
  readonly onMeasured?: (measures: LayerMeasures, index: number) => void;
}

/** As `SeveralOptions`, for those measures that are asked for. */
export interface SomeOfSeveralOptions extends Omit<SeveralOptions, "onMeasured"> {
  /** What would take too long is left out, with the reason. */
  readonly measures: readonly MeasureName[];
  readonly onMeasured?: (measures: SomeMeasures, index: number) => void;
  /** Called with what ended the measuring of one mechanism, whose place in the list stays empty; without it the first such error ends all. */
  readonly onFailed?: (error: unknown, index: number) => void;
}

interface LayerJob extends Omit<Settings, "bins" | "seed"> {
  /** Undefined: all of them, or an error. */
  readonly measures?: readonly MeasureName[] | undefined;
}

interface LayerShard {
  readonly mechanism: PlainMechanism;
  readonly bins: BinsSpec;
  readonly seed: number;
}

/** All measures of one mechanism by one worker. */
export const measureLayerTask: Task<LayerJob, LayerShard, SomeMeasures> = {
  name: "measureLayer",
  run: async ({ measures, ...job }, { mechanism, bins, seed }) =>
    measured(await fromPlain(mechanism), measures, { ...job, bins, seed }),
};

function measured(
  mechanism: Mechanism,
  measures: readonly MeasureName[] | undefined,
  options: LayerOptions,
): Promise<SomeMeasures> {
  return measures === undefined ? measureLayer(mechanism, options) : measureSome(mechanism, { ...options, measures });
}

/** Above so many connections a mechanism keeps all workers busy by itself, and two at a time would need twice the memory. */
const LARGE = 200;

/**
 * All measures of each request, in their order. Workers share the requests, where there is a pool.
 *
 * @example
 * ```ts
 * const [narrow, wide] = [0.5, 5].map((weight) => dense({ weights: [[weight]], activation: "tanh" }));
 * const [a, b] = await measureLayers([
 *   { mechanism: narrow!, bins: 8, seed: 0 },
 *   { mechanism: wide!, bins: 8, seed: 0 },
 * ], {});
 * console.log(a!.ei.bits.toFixed(3), b!.ei.bits.toFixed(3)); // 1.520 1.040
 * ```
 * @throws InvalidInputError for options out of range, TooMuchError for a mechanism whose EI would take too long; the signal's reason
 *   when cancelled.
 */
export async function measureLayers(
  asked: readonly LayerRequest[],
  options: Omit<SeveralOptions, "bins" | "seed">,
): Promise<LayerMeasures[]> {
  parse(anyRecord, options, "measureLayers(): options");
  requireList(asked, "measureLayers()", "requests");
  const { onMeasured, ...rest } = options;
  const found = await each(asked, rest, undefined, (measures, index) => onMeasured?.(measures as LayerMeasures, index));
  return found as LayerMeasures[];
}

/**
 * The requested measures of each mechanism, in the order of the requests. A measure that would take too long is left out, with the reason.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const requests = [0, 1, 2].map((seed) => ({ mechanism: layer, bins: 8, seed }));
 * const results = await measureSomeOfLayers(requests, { measures: ["ei"] });
 * console.log(results.map(({ ei }) => ei?.bits.toFixed(3))); // [ '3.496', '3.496', '3.494' ]
 * ```
 * @returns Undefined for mechanisms whose measuring failed, where there is an `onFailed`.
 * @throws as `measureLayers`, but for TooMuchError.
 */
export function measureSomeOfLayers(
  asked: readonly LayerRequest[],
  options: Omit<SomeOfSeveralOptions, "bins" | "seed" | "onFailed">,
): Promise<SomeMeasures[]>;
export function measureSomeOfLayers(
  asked: readonly LayerRequest[],
  options: Omit<SomeOfSeveralOptions, "bins" | "seed">,
): Promise<(SomeMeasures | undefined)[]>;
export async function measureSomeOfLayers(
  asked: readonly LayerRequest[],
  options: Omit<SomeOfSeveralOptions, "bins" | "seed">,
): Promise<(SomeMeasures | undefined)[]> {
  parse(anyRecord, options, "measureSomeOfLayers(): options");
  requireList(asked, "measureSomeOfLayers()", "requests");
  const { onMeasured, onFailed, measures, ...rest } = options;
  return each(asked, rest, measures, onMeasured, onFailed);
}

async function each(
  asked: readonly LayerRequest[],
  options: Omit<Omit<SeveralOptions, "bins" | "seed">, "onMeasured">,
  wanted: readonly MeasureName[] | undefined,
  onMeasured: SomeOfSeveralOptions["onMeasured"],
  onFailed?: SomeOfSeveralOptions["onFailed"],
): Promise<(SomeMeasures | undefined)[]> {
  const { signal, onProgress, onPartial, pool } = options;
  const found = new Array<SomeMeasures | undefined>(asked.length).fill(undefined);
  let done = 0;
  const keep = (index: number, measures: SomeMeasures) => {
    found[index] = measures;
    done++;
    onMeasured?.(measures, index);
  };

  const together = pool === undefined || pool.workers === 0 ? [] : asked.flatMap(sendable);
  if (pool !== undefined && together.length > 1) {
    const share = (fraction: number) => onProgress?.((together.length * fraction) / asked.length);
    const job = { ...settingsOf(options), measures: wanted };
    const shards = together.map(({ shard }) => shard);
    try {
      const measured = await pool.run(measureLayerTask, job, shards, { signal, onProgress: share });
      for (const [at, { index }] of together.entries()) keep(index, measured[at]!);
    } catch (error) {
      // Which of them failed is found one by one, below; the others give the same values there.
      if (onFailed === undefined || signal?.aborted === true || error instanceof ClosedPoolError) throw error;
    }
  }

  for (const [index, { mechanism, bins, seed }] of asked.entries()) {
    if (found[index] !== undefined) continue;
    const share = (fraction: number) => onProgress?.((done + fraction) / asked.length);
    const own = { onProgress: share, onPartial: onPartial && ((partial: Estimate) => onPartial(partial, index)) };
    try {
      keep(index, await measured(mechanism, wanted, { ...options, bins, seed, ...own }));
    } catch (error) {
      if (onFailed === undefined || signal?.aborted === true || error instanceof ClosedPoolError) throw error;
      done++;
      onFailed(error, index);
    }
    onProgress?.(done / asked.length);
  }
  return found;
}

function sendable({ mechanism, bins, seed }: LayerRequest, index: number): { index: number; shard: LayerShard }[] {
  if (mechanism.inputs * mechanism.outputs > LARGE) return [];
  const plain = toPlain(mechanism);
  return plain === undefined ? [] : [{ index, shard: { mechanism: plain, bins, seed } }];
}
