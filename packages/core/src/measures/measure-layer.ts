/** All measures of a mechanism at once: a row of a table, a point of the causal plane. */
import { TooMuchError } from "../checks/error-classes.ts";
import type { Range } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import { commonInputRange, type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { degeneracy } from "./degeneracy.ts";
import { eiParts } from "./edge-information.ts";
import { effectiveInformation } from "./effective-information.ts";
import { integration } from "./integration.ts";
import { MEASURES, type MeasureName, neededFor, PARTS } from "./measure-names.ts";
import type { EffectiveInformationOptions } from "./measure-options.ts";
import { type SensitivityOptions, sensitivity } from "./sensitivity.ts";

/** The mechanism that was measured, with the ranges that it was measured over. */
export interface MeasuredThing {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: string;
  readonly inputRange: Range;
  readonly outputRange: Range;
}

/** All measures of one mechanism, in bits. */
export interface LayerMeasures extends MeasuredThing, Record<MeasureName, Estimate> {
  readonly ei: Estimate;
  readonly eiParts: Estimate;
  readonly sensitivity: Estimate;
  /** x in the causal plane; sensitivity is y, and on the nullcline, x = y, EI is 0. */
  readonly degeneracy: Estimate;
  /** φ_feedforward. */
  readonly phi: Estimate;
}

/** The requested measures of one mechanism that could be found, in bits. */
export interface SomeMeasures extends MeasuredThing, Readonly<Partial<Record<MeasureName, Estimate>>> {
  /** Why the others that were asked for are missing. */
  readonly omitted?: Readonly<Partial<Record<MeasureName, string>>>;
}

/** What `measureLayer()` takes. */
export interface LayerOptions extends EffectiveInformationOptions {
  /** Where sensitivity holds the other inputs. Default 0. */
  readonly rest?: SensitivityOptions["rest"];
}

/** What `measureSome()` takes. */
export interface SomeOptions extends LayerOptions {
  /** Default: all of them. */
  readonly measures?: readonly MeasureName[];
}

const MIXED = "sensitivity uses uniform noise, EI the given noise: their difference mixes the two";

/**
 * All measures of one mechanism, each by the same options.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { ei, eiParts, sensitivity, degeneracy, phi } = await measureLayer(layer, { bins: 8 });
 * const all = [ei, eiParts, sensitivity, degeneracy, phi];
 * console.log(all.map(({ bits }) => bits.toFixed(2)).join(" ")); // 3.50 1.62 7.87 4.38 1.87
 * ```
 * @throws InvalidInputError for options out of range, TooMuchError for a mechanism whose EI would take too long; the signal's reason
 *   when cancelled.
 */
export async function measureLayer(mechanism: Mechanism, options: LayerOptions): Promise<LayerMeasures> {
  requireMechanism(mechanism, "measureLayer()");
  const { measures } = await measured(mechanism, options, new Set(MEASURES), (_, error) => {
    throw error;
  });
  return measures as LayerMeasures;
}

/**
 * The requested measures of one mechanism. A measure that would take too long is left out, with the reason.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { eiParts, ei } = await measureSome(layer, { bins: 8, measures: ["eiParts"] });
 * console.log(eiParts?.bits.toFixed(3), ei); // 1.625 undefined
 * ```
 * @throws as `measureLayer`, but for TooMuchError.
 */
export async function measureSome(mechanism: Mechanism, options: SomeOptions): Promise<SomeMeasures> {
  requireMechanism(mechanism, "measureSome()");
  const { measures: asked = MEASURES, ...rest } = options;
  const omitted: Partial<Record<MeasureName, string>> = {};
  const { measures } = await measured(mechanism, rest, new Set(asked), (measure, error) => {
    omitted[measure] = error.message;
  });
  return { ...measures, ...(Object.keys(omitted).length > 0 && { omitted }) };
}

async function measured(
  mechanism: Mechanism,
  options: LayerOptions,
  asked: ReadonlySet<MeasureName>,
  refuse: (measure: MeasureName, error: TooMuchError) => void,
): Promise<{ measures: MeasuredThing & Partial<Record<MeasureName, Estimate>> }> {
  // Where pairs must be sampled, they get the same effort, in the best way there is; the noise on single inputs stays uniform.
  const pairs = { ...options, method: undefined, threshold: undefined, onPartial: undefined };
  const { noise, ...alone } = pairs;
  const share = (from: number, to: number) => (fraction: number) => options.onProgress?.(from + (to - from) * fraction);
  const needed = neededFor(asked);
  const refused = new Map<MeasureName, TooMuchError>();
  const find = async (measure: MeasureName, run: () => Promise<Estimate>): Promise<Estimate | undefined> => {
    if (!needed.has(measure)) return undefined;
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof TooMuchError)) throw error;
      refused.set(measure, error);
      return undefined;
    }
  };
  const parts = await find("eiParts", () => eiParts(mechanism, { ...pairs, onProgress: share(0, 0.3) }));
  const single = await find("sensitivity", () => sensitivity(mechanism, { ...alone, onProgress: share(0.3, 0.5) }));
  const whole = await find("ei", () => effectiveInformation(mechanism, { ...options, onProgress: share(0.5, 1) }));
  const found = {
    ei: whole,
    eiParts: parts,
    sensitivity: single,
    degeneracy: single && whole && overlapOf(single, whole, noise),
    phi: whole && parts && integration(whole, parts),
  };
  const measures: MeasuredThing & Partial<Record<MeasureName, Estimate>> = {
    name: mechanism.name,
    inputs: mechanism.inputs,
    outputs: mechanism.outputs,
    activation: mechanism.activation,
    inputRange: commonInputRange(mechanism),
    outputRange: mechanism.outputRange,
  };
  for (const measure of MEASURES) {
    if (!asked.has(measure)) continue;
    const value = found[measure];
    if (value !== undefined) measures[measure] = value;
    else refuse(measure, [measure, ...(PARTS[measure] ?? [])].map((each) => refused.get(each)).find(Boolean)!);
  }
  return { measures };
}

/** Degeneracy, with a warning where its parts are of different noise. */
export function overlapOf(single: Estimate, whole: Estimate, noise: LayerOptions["noise"]): Estimate {
  const overlap = degeneracy(single, whole);
  if (noise === undefined || noise.kind === "uniform") return overlap;
  return { ...overlap, warnings: [...overlap.warnings, MIXED] };
}
