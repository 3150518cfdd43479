/** The front door to all causal measures: a model or a mechanism in, a row per layer out. */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { CausalscopeError, InvalidInputError } from "../checks/error-classes.ts";
import { callback } from "../checks/schema/instance-of.ts";
import { listOf } from "../checks/schema/lists.ts";
import { type Parsed, parse } from "../checks/schema/parse.ts";
import { described, options, rule } from "../checks/schema/records.ts";
import { flag, MAX_BINS, oneOf, whole } from "../checks/schema/scalars.ts";
import { type BinCounts, type BinsSpec, binCounts } from "../information/bins.ts";
import type { Mechanism } from "../model/mechanism.ts";
import type { Model } from "../model/model.ts";
import { type Settings, settings, settingsOf, type Work, work as workSchemas } from "../settings/settings.ts";
import { sha256 } from "../vendored/sha256.ts";
import type { UnitGroups } from "./group-information.ts";
import { MEASURES, type MeasureName } from "./measure-names.ts";
import { DEFAULT_TOLERANCE, jointProblem } from "./measure-options.ts";
import { type Plan, type PlanSettings, planOf, planSettings } from "./measure-plan.ts";
import { type MeasuredLayer, measureAll } from "./measured-layers.ts";
import { isSubject, type NotMeasured, requireGroups, type Subject } from "./requested-layers.ts";

/** All that changes the numbers of `measure()`. Plain data. */
export interface MeasureSettings extends Omit<Settings, "bins">, PlanSettings {
  /** Bins per unit, on both sides or `{ input, output }`: whole, 2 … 65,536. Default 8. */
  readonly bins?: BinsSpec | undefined;
  /** All measures at several numbers of bins, in place of `bins`. */
  readonly sweep?: readonly number[] | undefined;
  /** Only these. Default: all five. */
  readonly measures?: readonly MeasureName[] | undefined;
  /** Also every pair of an input and an output: the terms of EI_parts and of sensitivity. */
  readonly matrix?: boolean | undefined;
  /** Also EI between groups of units. */
  readonly groups?: readonly UnitGroups[] | undefined;
}

/** What must not change a number of `measure()`. */
export interface MeasureWork extends Omit<Work, "onProgress" | "onPartial"> {
  /** Called with the fraction done, 0 … 1, and what is being measured. */
  readonly onProgress?: ((fraction: number, name: string) => void) | undefined;
  /** Called with all that is known whenever that changes: what is left where the measuring is cancelled. */
  readonly onPartial?: ((soFar: Measurements) => void) | undefined;
  /** Awaited with the mechanisms that are measured next, before they are. */
  readonly onBegin?: ((mechanisms: readonly Mechanism[]) => Promise<void> | void) | undefined;
  /** What messages call a setting: a command has flags. Default: "measure(): NAME". */
  readonly nameOf?: ((setting: keyof MeasureSettings) => string) | undefined;
}

/** What `measure()` returns. */
export interface Measurements {
  /** In the model's order. */
  readonly layers: readonly MeasuredLayer[];
  /** What could not be measured, and why. */
  readonly notMeasured: readonly NotMeasured[];
  /** Names of layers that were not come to: not empty only in what is left of a cancelled measurement. */
  readonly remaining: readonly string[];
  readonly provenance: Provenance;
}

/** Where values come from: settings in full, and their fingerprint. */
export interface Provenance {
  /** Of the model: its file, or "network"; of a mechanism its name. */
  readonly model: string;
  readonly settings: MeasureSettings;
  /** SHA-256 of the settings as JSON with sorted keys, in hexadecimal: equal settings have equal ones. */
  readonly settingsHash: string;
}

const groups = listOf(
  options({ inputs: listOf(whole(0)), outputs: listOf(whole(0)) }, "{ inputs: [positions], outputs: [positions] }"),
);

/** All settings of `measure()`. */
export const measureSettings = v.pipe(
  options({
    ...settings,
    bins: v.optional(described(settings.bins, "Bins per unit, for both sides or for each. Default 8.")),
    sweep: v.optional(
      described(listOf(whole(2, MAX_BINS)), "All measures at several numbers of bins, instead of `bins`."),
    ),
    measures: v.optional(described(listOf(oneOf(MEASURES)), "Measures to compute. Default: all five.")),
    matrix: v.optional(
      described(flag, "Also every pair of an input and an output: the terms of EI_parts and of sensitivity."),
    ),
    groups: v.optional(described(groups, "Also EI between groups of units.")),
    ...planSettings,
  }),
  rule(({ bins, sweep, matrix, groups }) => {
    if (sweep === undefined) return undefined;
    if (bins !== undefined) return { expected: "bins or sweep", got: "both" };
    if (matrix === true) return { expected: "sweep or matrix", got: "both" };
    return groups === undefined ? undefined : { expected: "sweep or groups", got: "both" };
  }),
  rule((given) => jointProblem(given)),
  v.title("Settings of measure()"),
  v.description("All options that change the values of `measure()`, as plain data."),
);

const measureWork = options({
  ...workSchemas,
  onBegin: v.optional(callback),
  nameOf: v.optional(callback),
});

export const DEFAULT_BINS = 8;

/**
 * All causal measures of every layer of a model, or of one mechanism: EI, EI_parts, sensitivity, degeneracy and φ_feedforward, in bits,
 * each an `Estimate` with its standard error (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using
 * information theory"). It does what the command `causalscope measure` does, to the same bits, with any number of workers: each layer has
 * noise of its own, derived from the seed and its position.
 *
 * A layer that cannot be measured, or whose measuring fails, is among `notMeasured` with the reason, and a measure that would take too
 * long among the layer's `omitted`; the others are measured all the same.
 *
 * @param settings all that changes a number; plain data, kept in the provenance.
 * @param work who does it, who watches, who may end it: nothing of it changes a number.
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * const { layers, notMeasured } = await measure(model, { bins: 8, measures: ["eiParts", "sensitivity"] });
 * for (const { name, eiParts } of layers) console.log(name, eiParts?.bits.toFixed(3)); // /0/MatMul 3.324
 * // /2/MatMul 3.313
 * // /4/MatMul 2.131
 * console.log(notMeasured.length); // 0
 * ```
 * @throws InvalidInputError for anything but a model or a mechanism, settings out of range or unknown, layers that are not there, and where
 *   nothing at all can be measured, with the first reason; the signal's reason when cancelled.
 */
export async function measure(
  subject: Model | Mechanism,
  settings: MeasureSettings = {},
  work: MeasureWork = {},
): Promise<Measurements> {
  parse(measureWork, work, "measure(): work");
  const { nameOf = (setting) => `measure(): ${setting}`, signal } = work;
  refuseWork(settings);
  const given = parse(measureSettings, settings, (name) =>
    name === "" ? "measure(): settings" : nameOf(name as keyof MeasureSettings),
  );
  const full = withDefaults(given);
  const counts = given.sweep ?? [full.bins];
  const plan = await planOf(subject, given, { counts, force: given.force === true }, nameOf);
  return new Measuring(plan, full, work, nameOf("groups")).run(signal);
}

/** @throws InvalidInputError for parts of Work among the settings. */
function refuseWork(settings: MeasureSettings): void {
  const misplaced = Object.keys(settings ?? {}).find((name) => Object.hasOwn(measureWork.entries, name));
  check(misplaced === undefined, () => ({
    who: "measure(): settings",
    expected: "options that change values",
    got: misplaced!,
    remedy: "Pass it in the third argument: measure(model, settings, { pool, signal, onProgress }).",
  }));
}

type Full = MeasureSettings & Settings & { readonly bins: BinCounts; readonly measures: readonly MeasureName[] };

/** What values are kept with, so that nothing about them depends on the defaults of a version. */
function withDefaults(given: Parsed<typeof measureSettings>): Full {
  const { tolerance, samples, sweep } = given;
  return {
    ...given,
    bins: binCounts(given.bins ?? sweep?.[0] ?? DEFAULT_BINS),
    measures: given.measures ?? MEASURES,
    tolerance: tolerance ?? (samples === undefined ? DEFAULT_TOLERANCE : undefined),
  };
}

/** One call of `measure()`, on its way. */
class Measuring {
  readonly #plan: Plan;
  readonly #settings: Full;
  readonly #work: MeasureWork;
  readonly #groupsName: string;
  readonly #provenance: Provenance;
  readonly #found: MeasuredLayer[] = [];
  readonly #notMeasured: NotMeasured[] = [];
  readonly #errors: unknown[] = [];

  constructor(plan: Plan, settings: Full, work: MeasureWork, groupsName: string) {
    this.#plan = plan;
    this.#settings = settings;
    this.#work = work;
    this.#groupsName = groupsName;
    this.#provenance = provenanceOf(plan.who, settings);
  }

  async run(signal: AbortSignal | undefined): Promise<Measurements> {
    const { batches } = this.#plan;
    try {
      for await (const batch of batches) {
        signal?.throwIfAborted();
        await this.#measure(batch);
      }
    } finally {
      await batches.return(undefined);
    }
    const all = this.#tell([]);
    if (this.#found.length === 0 && this.#errors.length > 0) throw this.#errors[0];
    requireSomething(all);
    return all;
  }

  async #measure(batch: readonly (Subject | NotMeasured)[]): Promise<void> {
    const { groups, sweep, matrix = false } = this.#settings;
    const { onProgress, onBegin, signal, pool } = this.#work;
    const subjects = batch.filter(isSubject);
    for (const each of batch) if (!isSubject(each)) this.#notMeasured.push(each);
    if (subjects.length === 0) return;
    for (const { mechanism } of subjects) if (groups !== undefined) requireGroups(groups, mechanism, this.#groupsName);
    await onBegin?.(subjects.map(({ mechanism }) => mechanism));
    const done = this.#found.length + this.#notMeasured.length;
    const { measures, bins, seed = 0 } = this.#settings;
    const options = { ...settingsOf(this.#settings), bins, seed, measures, signal, pool };
    const measured = await measureAll(
      subjects,
      options,
      { sweep, groups, matrix },
      {
        onProgress: (fraction, name) => onProgress?.((done + subjects.length * fraction) / this.#plan.names.size, name),
        onSoFar: (soFar) => this.#tell(soFar),
        onFailed: (error, { position, mechanism: { name } }) => {
          this.#errors.push(error);
          this.#notMeasured.push({ position, name, reason: reasonOf(error), failed: true });
        },
      },
    );
    for (const each of measured) this.#found.push(each);
  }

  /** All that is known: what was measured before, and these of the batch that is being measured. */
  #tell(more: readonly MeasuredLayer[]): Measurements {
    const layers = [...this.#found, ...more];
    const notMeasured = [...this.#notMeasured];
    const known = new Set([...layers, ...notMeasured].map(({ position }) => position));
    const remaining = [...this.#plan.names].filter(([position]) => !known.has(position)).map(([, name]) => name);
    const all = { layers, notMeasured, remaining, provenance: this.#provenance };
    this.#work.onPartial?.(all);
    return all;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CausalscopeError) return error.message;
  return `internal error, please report it with the model: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`;
}

/** What leaves nothing to show is an error, and not an empty table. */
function requireSomething({ layers, notMeasured }: Measurements): void {
  const reasons = layers.map((layer) => {
    const isEmpty = MEASURES.every((measure) => layer[measure] === undefined);
    return isEmpty ? Object.values(layer.omitted ?? {})[0] : undefined;
  });
  if (layers.length > 0 && reasons.includes(undefined)) return;
  const [first] = notMeasured;
  throw new InvalidInputError(
    reasons[0] ?? (first === undefined ? "expected layers; got none." : `${first.name}: ${first.reason}.`),
  );
}

/** The provenance of other settings of the same model. */
export function provenanceLike({ model }: Provenance, settings: MeasureSettings): Provenance {
  return provenanceOf(model, withDefaults(parse(measureSettings, settings, "measure(): settings")));
}

function provenanceOf(model: string, full: Full): Provenance {
  const settings = plain(full) as MeasureSettings;
  const settingsHash = sha256(JSON.stringify(settings));
  return { model, settings, settingsHash };
}

/** As JSON keeps it, keys in order. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, plain(each)]));
}
