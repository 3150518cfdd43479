/** What `causalscope measure` is asked: its options, checked against each other and against the model. */

import { costOf } from "../causal/cost.ts";
import type { UnitGroups } from "../causal/group-information.ts";
import type { MeasureName } from "../causal/measure-names.ts";
import { slowness } from "../cost/calibrate.ts";
import { rangeOf } from "../cost/estimate-cost.ts";
import type { JointMethod, Offset } from "../engines/engine.ts";
import { InvalidInputError } from "../errors.ts";
import { type BinCounts, type BinsSpec, type OutsidePolicy, type Range, validBins } from "../information/bins.ts";
import type { GraphLayer } from "../network/graph-layers.ts";
import { between, isFound, type Model, type ModelRanges, modelLayer, shownNames } from "../network/graph-mechanism.ts";
import type { Mechanism } from "../network/mechanism.ts";
import { bytes, timeRange } from "./cost.ts";
import type { ModelFlags, NamedModel } from "./model-file.ts";
import type { RangeFlag } from "./ranges.ts";

export interface MeasureFlags extends ModelFlags {
  readonly measures?: readonly MeasureName[];
  readonly bins?: BinsSpec;
  readonly sweep?: readonly number[];
  readonly inputRange?: Range;
  readonly outputRange?: Range;
  readonly range?: readonly RangeFlag[];
  readonly data?: string;
  readonly quantiles?: Range;
  readonly layers?: string;
  readonly from?: string;
  readonly to?: string;
  readonly method: JointMethod;
  readonly rest?: number | "middle";
  readonly seed: number;
  readonly tolerance?: number;
  readonly samples?: number;
  readonly outside: OutsidePolicy;
  readonly offset: Offset;
  readonly groups?: readonly UnitGroups[];
  readonly matrix?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly report?: string;
  readonly workers?: number;
  readonly memory?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** One thing to measure: a layer, or several as one mechanism. */
export interface Request {
  /** Position in the model of its (first) layer, from 0. */
  readonly position: number;
  readonly from: GraphLayer;
  readonly to: GraphLayer;
}

/** A request that can be measured. */
export interface Subject {
  readonly position: number;
  readonly mechanism: Mechanism;
  /** What it does, and at which place: "convolution 3×3 at (4, 4) of 9 × 9"; undefined for a plain dense layer. */
  readonly what?: string;
}

export interface Unmeasured {
  readonly position: number;
  readonly name: string;
  /** A clause; of one whose measuring failed, the error. */
  readonly reason: string;
  /** It could have been measured, but something went wrong. */
  readonly failed?: true;
}

export const DEFAULT_BINS = 8;
/** Layers of this many units, and work on pairs above this, are refused unless forced. */
const MANY_UNITS = 1e5;
const MANY_PAIR_BINS = 2e10;
const PAIRS: readonly MeasureName[] = ["eiParts", "sensitivity"];
/** What one pair takes: its weight, and two values with their errors. */
const PAIR_BYTES = 40;
/** Connections of a mechanism that are held without being asked for: about 20 bytes each, while it is made. */
const MOST_CONNECTIONS = 2.5e7;

const EXCLUSIVE: readonly (readonly [keyof MeasureFlags, keyof MeasureFlags])[] = [
  ["json", "csv"],
  ["bins", "sweep"],
  ["sweep", "matrix"],
  ["sweep", "groups"],
  ["sweep", "report"],
  ["layers", "from"],
  ["layers", "to"],
];

/** @throws InvalidInputError for options that exclude each other, or need each other. */
export function requireCompatible(flags: MeasureFlags): void {
  for (const [a, b] of EXCLUSIVE) {
    if (flags[a] === undefined || flags[b] === undefined) continue;
    throw new InvalidInputError({ who: "measure", expected: `--${a} or --${b}`, got: "both" });
  }
  const fromData = flags.range?.some((range) => range === "data") === true;
  if (fromData !== (flags.data !== undefined)) {
    const [has, lacks] = fromData ? ["--range data", "--data FILE"] : ["--data", "--range data"];
    throw new InvalidInputError({ who: "measure", expected: `${lacks} with ${has}`, got: "none" });
  }
  if (flags.quantiles !== undefined && !fromData)
    throw new InvalidInputError({ who: "--quantiles", expected: "--range data with it", got: "none" });
}

/** The tensors between which an ONNX model itself is measured: ends that are no layers. */
export function tensorEnds(
  { format, model }: Pick<NamedModel, "format" | "model">,
  { from, to }: MeasureFlags,
): { readonly from: string; readonly to: string } | undefined {
  const isLayer = (text: string) => isPosition(text) || model.layers.some(({ name }) => name === text);
  const ends = [from, to].filter((end) => end !== undefined);
  if (format !== "onnx" || ends.length === 0 || ends.every(isLayer)) return undefined;
  if (from !== undefined && to !== undefined && !ends.some(isLayer)) return { from, to };
  const layer = ends.find(isLayer);
  throw new InvalidInputError({
    who: "--from and --to",
    expected: `two layers out of ${shownNames(model)}, or two tensors of the file`,
    got:
      layer === undefined ? `one end, "${ends[0]}"` : `the layer "${layer}" and "${ends.find((end) => !isLayer(end))}"`,
  });
}

function isPosition(text: string): boolean {
  return /^\d+$/.test(text);
}

/** What the flags select of the model, in its order. */
export function requests(model: Model, flags: MeasureFlags): Request[] {
  if (model.layers.length === 0) {
    throw new InvalidInputError({ who: model.graph.who, expected: "a model with layers", got: "none" });
  }
  const one = (from: GraphLayer, to: GraphLayer): Request => ({ position: from.index, from, to });
  if (flags.from !== undefined || flags.to !== undefined) {
    const from = flags.from === undefined ? model.layers[0]! : layerOf(model, flags.from, "--from");
    const to = flags.to === undefined ? model.layers.at(-1)! : layerOf(model, flags.to, "--to");
    if (to.index < from.index) {
      throw new InvalidInputError({ who: "--to", expected: `${from.name} or a layer after it`, got: to.name });
    }
    return [one(from, to)];
  }
  const chosen = chosenLayers(model, flags.layers);
  const own = new Set(model.graph.inputs.map(({ name }) => name));
  const first = model.layers.find(({ sources }) => sources.some((name) => own.has(name)));
  if (flags.inputRange !== undefined && !chosen.some(({ sources }) => sources.some((name) => own.has(name)))) {
    throw new InvalidInputError({
      who: "--input-range",
      expected: `the network's first layer, ${first?.name}, among --layers`,
      got: flags.layers ?? "",
      remedy: "For the inputs of a later layer, use --from and --to.",
    });
  }
  return chosen.map((layer) => one(layer, layer));
}

function chosenLayers(model: Model, text: string | undefined): readonly GraphLayer[] {
  if (text === undefined) return model.layers;
  const chosen = text.split(",").map((name) => layerOf(model, name.trim(), "--layers"));
  const again = chosen.find((layer, at) => chosen.indexOf(layer) < at);
  if (again !== undefined) {
    throw new InvalidInputError({ who: "--layers", expected: "each layer once", got: `${again.name} twice` });
  }
  return chosen.sort((a, b) => a.index - b.index);
}

/** A name, or a position from 0; the name where it is both. */
function layerOf(model: Model, text: string, who: string): GraphLayer {
  const isName = model.layers.some(({ name }) => name === text);
  return modelLayer(model, !isName && isPosition(text) ? Number(text) : text, who);
}

/** The mechanism of a request, or why there is none. */
export function subjectOf(
  model: Model,
  { position, from, to }: Request,
  ranges: ModelRanges,
  force = false,
): Subject | Unmeasured {
  const found = between(model, from, to, { ...ranges, most: force ? Number.POSITIVE_INFINITY : MOST_CONNECTIONS });
  const name = from === to ? to.name : `${from.name} … ${to.name}`;
  if (!isFound(found)) return { position, name, reason: found.reason };
  const what = [from === to ? to.kind : "", to.place ?? "", found.padded ? "with padding under its window" : ""].filter(
    (each) => each !== "" && each !== "dense",
  );
  return { position, mechanism: found.mechanism, ...(what.length > 0 && { what: what.join(" ") }) };
}

export function isSubject(found: Subject | Unmeasured): found is Subject {
  return "mechanism" in found;
}

/** @throws InvalidInputError for groups that name units which a mechanism does not have. */
export function requireGroups(groups: readonly UnitGroups[], mechanism: Mechanism): void {
  for (const group of groups) {
    for (const side of ["inputs", "outputs"] as const) {
      const wrong = group[side].find((unit) => unit >= mechanism[side]);
      if (wrong === undefined) continue;
      throw new InvalidInputError({
        who: "--groups",
        expected: `${side} of ${mechanism.name}, 0 to ${mechanism[side] - 1}`,
        got: `${wrong} in ${group.inputs.join(",")}>${group.outputs.join(",")}`,
        remedy: "--layers measures some layers only.",
      });
    }
  }
}

/** Why a mechanism would take too long: a clause; undefined where it would not. */
export function infeasible(mechanism: Mechanism, bins: readonly BinsSpec[]): string | undefined {
  const { inputs, outputs } = mechanism;
  const counts = bins.map((each) => validBins(each, "--bins"));
  const work = counts.reduce((sum, count) => sum + inputs * outputs * count.input * count.output, 0);
  const wide = Math.max(inputs, outputs) >= MANY_UNITS;
  if (!wide && work <= MANY_PAIR_BINS) return undefined;
  const time = bins.reduce<number>((sum, each) => sum + costOf(mechanism, { bins: each, measures: PAIRS }).work, 0);
  const range = timeRange(rangeOf(time * 1e-9 * slowness()));
  const cost = `an estimated ${range} of computing and ${bytes(inputs * outputs * PAIR_BYTES)} for its pairs`;
  const expected = wide
    ? `fewer than ${MANY_UNITS.toLocaleString("en")} inputs and outputs`
    : `at most ${MANY_PAIR_BINS.toLocaleString("en")} bins of pairs`;
  const got = `${inputs} → ${outputs} at ${counts.map(binsText).join(", ")} bins, ${cost}`;
  return `expected ${expected}; got ${got}. --force measures it all the same`;
}

export function binsText({ input, output }: BinCounts): string {
  return input === output ? `${input}` : `${input} × ${output}`;
}
