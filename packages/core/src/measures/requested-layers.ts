/** Which layers of a model are measured, and as what mechanisms; and what would take too long. */
import { check } from "../checks/check.ts";
import { type BinCounts, type BinsSpec, validBins } from "../information/bins.ts";
import type { Layer } from "../model/graph-layers.ts";
import { between, isFound, type ModelRanges, modelLayer } from "../model/graph-mechanism.ts";
import type { Mechanism } from "../model/mechanism.ts";
import type { Model } from "../model/model.ts";
import type { UnitGroups } from "./group-information.ts";

/** Which layers are measured. */
export interface LayerChoice {
  /** Only these, by name or position from 0. Default: all. */
  readonly layers?: readonly (string | number)[] | undefined;
  /** Several layers as one mechanism, from this one (default: the first) … */
  readonly from?: string | number | undefined;
  /** … to this one (default: the last). */
  readonly to?: string | number | undefined;
}

/** One thing to measure: a layer, or several as one mechanism. */
export interface Request {
  /** Position in the model of its (first) layer, from 0. */
  readonly position: number;
  readonly from: Layer;
  readonly to: Layer;
}

/** A request that can be measured. */
export interface Subject {
  readonly position: number;
  readonly mechanism: Mechanism;
  /** What it does, and at which place: "convolution 3×3 at (4, 4) of 9 × 9"; undefined for a plain dense layer. */
  readonly what?: string;
}

/** What was left out. */
export interface NotMeasured {
  readonly position: number;
  readonly name: string;
  /** A clause; of one whose measuring failed, the error. */
  readonly reason: string;
  /** It could have been measured, but something went wrong. */
  readonly failed?: true;
}

/** Layers of this many units, and work on pairs above this, are left out unless forced. */
const MANY_UNITS = 1e5;
const MANY_PAIR_BINS = 2e10;
/** What one pair takes: its weight, and two values with their errors. */
const PAIR_BYTES = 40;
/** Connections of a mechanism that are held without being asked for: about 20 bytes each, while it is made. */
const MOST_CONNECTIONS = 2.5e7;

/**
 * What is chosen of the model, in its order.
 *
 * @throws InvalidInputError for a model without layers, layers that it does not have, and `to` before `from`.
 */
export function requestsOf(model: Model, choice: LayerChoice, who: (option: keyof LayerChoice) => string): Request[] {
  check(model.layers.length > 0, () => ({ who: model.who, expected: "a model with layers", got: "none" }));
  if (choice.from !== undefined || choice.to !== undefined) {
    const from = choice.from === undefined ? model.layers[0]! : modelLayer(model, choice.from, who("from"));
    const to = choice.to === undefined ? model.layers.at(-1)! : modelLayer(model, choice.to, who("to"));
    check(to.index >= from.index, () => ({
      who: who("to"),
      expected: `${from.name} or a layer after it`,
      got: to.name,
    }));
    return [{ position: from.index, from, to }];
  }
  const chosen = choice.layers?.map((layer) => modelLayer(model, layer, who("layers"))) ?? model.layers;
  const again = chosen.find((layer, at) => chosen.indexOf(layer) < at);
  check(again === undefined, () => ({ who: who("layers"), expected: "each layer once", got: `${again?.name} twice` }));
  return chosen
    .toSorted((a, b) => a.index - b.index)
    .map((layer) => ({ position: layer.index, from: layer, to: layer }));
}

/** The mechanism of a request, or why there is none. */
export function subjectOf(
  model: Model,
  { position, from, to }: Request,
  ranges: ModelRanges,
  force: boolean,
): Subject | NotMeasured {
  const found = between(model, from, to, { ...ranges, most: force ? Number.POSITIVE_INFINITY : MOST_CONNECTIONS });
  const name = from === to ? to.name : `${from.name} … ${to.name}`;
  if (!isFound(found)) return { position, name, reason: found.reason };
  const what = [from === to ? to.kind : "", to.place ?? "", found.padded ? "with padding under its window" : ""].filter(
    (each) => each !== "" && each !== "dense",
  );
  return { position, mechanism: found.mechanism, ...(what.length > 0 && { what: what.join(" ") }) };
}

export function isSubject(found: Subject | NotMeasured): found is Subject {
  return "mechanism" in found;
}

/** @throws InvalidInputError for groups that name units which a mechanism does not have. */
export function requireGroups(groups: readonly UnitGroups[], mechanism: Mechanism, who: string): void {
  for (const group of groups) {
    for (const side of ["inputs", "outputs"] as const) {
      const wrong = group[side].find((unit) => unit >= mechanism[side]);
      check(wrong === undefined, () => ({
        who,
        expected: `${side} of ${mechanism.name}, 0 to ${mechanism[side] - 1}`,
        got: `${wrong} in ${group.inputs.join(",")}>${group.outputs.join(",")}`,
        remedy: "Choose the layers that have these units.",
      }));
    }
  }
}

/** Why a mechanism would take too long: a clause; undefined where it would not. */
export function infeasible(mechanism: Mechanism, bins: readonly BinsSpec[]): string | undefined {
  const { inputs, outputs } = mechanism;
  const counts = bins.map((each) => validBins(each, "bins"));
  const work = counts.reduce((sum, count) => sum + inputs * outputs * count.input * count.output, 0);
  const wide = Math.max(inputs, outputs) >= MANY_UNITS;
  if (!wide && work <= MANY_PAIR_BINS) return undefined;
  const size = inputs * outputs * PAIR_BYTES;
  const memory = size < 1e9 ? `${Math.max(1, Math.round(size / 1e6))} MB` : `${(size / 1e9).toFixed(1)} GB`;
  const expected = wide
    ? `fewer than ${MANY_UNITS.toLocaleString("en")} inputs and outputs`
    : `at most ${MANY_PAIR_BINS.toLocaleString("en")} bins of pairs`;
  const cost = `${Math.round(work).toLocaleString("en")} bins of pairs and ${memory} for them`;
  const got = `${inputs} → ${outputs} at ${counts.map(binsText).join(", ")} bins: ${cost}`;
  return `expected ${expected}; got ${got}. Set \`force\` to measure it anyway`;
}

export function binsText({ input, output }: BinCounts): string {
  return input === output ? `${input}` : `${input} × ${output}`;
}
