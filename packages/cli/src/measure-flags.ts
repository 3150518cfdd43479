/** The flags of `causalscope measure`, and what they mean as settings of `measure()`. */

import type { MeasureSettings, Model } from "@causalscope/core";
import { InvalidInputError } from "@causalscope/core/errors";
import { DEFAULT_BINS, shownNames, validBins } from "@causalscope/core/internal";
import type {
  BinCounts,
  BinsSpec,
  JointMethod,
  MeasureName,
  Offset,
  OutsidePolicy,
  Range,
  UnitGroups,
} from "@causalscope/core/measures";
import { type RangeSettings, rangesOnData } from "@causalscope/core/models";
import { numbersAt } from "@causalscope/runs/internal";
import { rangeOption } from "./flag-values.ts";
import type { FormatFlags } from "./format.ts";
import type { Io } from "./io.ts";
import type { ModelFlags, NamedModel } from "./model-file.ts";
import { requirePage } from "./open.ts";

/** `data`, `auto`, `low,high`, or `layer=low,high`. */
export type RangeFlag = "data" | "auto" | { readonly layer?: string; readonly range: Range };

export interface MeasureFlags extends ModelFlags, FormatFlags {
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
  readonly out?: string;
  /** Another word for `out`. */
  readonly report?: string;
  readonly open?: boolean;
  readonly workers?: number;
  readonly memory?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

const EXCLUSIVE: readonly (readonly [keyof MeasureFlags, keyof MeasureFlags])[] = [
  ["bins", "sweep"],
  ["sweep", "matrix"],
  ["sweep", "groups"],
  ["sweep", "report"],
  ["sweep", "out"],
  ["report", "out"],
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
    throw new InvalidInputError({ who: "--quantiles", expected: "--range data as well", got: "none" });
  requirePage(flags.open, flags.out ?? flags.report);
}

/** The flag that stands for a setting: `--input-range`. */
export function flagOf(setting: keyof MeasureSettings): string {
  if (setting === "ranges") return "--range";
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function binsOf({ bins, sweep }: MeasureFlags): BinCounts {
  return validBins(bins ?? sweep?.[0] ?? DEFAULT_BINS, "--bins");
}

/** The settings that both a model and a mechanism take. */
export function settingsFrom(flags: MeasureFlags): MeasureSettings {
  const { measures, bins, sweep, matrix, groups, method, rest, seed, tolerance, samples } = flags;
  const { outside, offset, memory, force } = flags;
  return {
    ...{ measures, bins, sweep, matrix, groups, method, rest, seed, tolerance, samples },
    ...{ outside, offset, memory, force },
  };
}

/** Those that only a model takes. */
export function modelSettingsFrom(model: Model, flags: MeasureFlags, io: Io): MeasureSettings {
  const { inputRange, outputRange, from, to } = flags;
  const layer = (text: string) => layerOf(model, text);
  return {
    inputRange,
    outputRange,
    from: from === undefined ? undefined : layer(from),
    to: to === undefined ? undefined : layer(to),
    layers: flags.layers?.split(",").map((name) => layer(name.trim())),
    ranges: rangesFrom(model, flags, io),
  };
}

/** A name, or a position from 0; the name where it is both. */
function layerOf(model: Model, text: string): string | number {
  const isName = model.layers.some(({ name }) => name === text);
  return !isName && isPosition(text) ? Number(text) : text;
}

function isPosition(text: string): boolean {
  return /^\d+$/.test(text);
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
    expected: `two of the layers ${shownNames(model)}, or two tensors of the file`,
    got:
      layer === undefined ? `one end, "${ends[0]}"` : `the layer "${layer}" and "${ends.find((end) => !isLayer(end))}"`,
  });
}

export function rangeFlag(text: string, before: readonly RangeFlag[] = []): readonly RangeFlag[] {
  if (text === "data" || text === "auto") return [...before, text];
  const at = text.lastIndexOf("=");
  const range = rangeOption(text.slice(at + 1), "--range");
  return [...before, at < 0 ? { range } : { layer: text.slice(0, at), range }];
}

/** `0.001,0.999`. */
export function quantilesOption(text: string): Range {
  const [low, high] = rangeOption(text, "--quantiles");
  if (low >= 0 && high <= 1) return [low, high];
  throw new InvalidInputError({
    who: "--quantiles",
    expected: "two fractions from 0 to 1, such as 0.001,0.999",
    got: text,
  });
}

function rangesFrom(model: Model, flags: MeasureFlags, io: Io): RangeSettings {
  const { range = [], data, quantiles } = flags;
  const said = range.filter((flag) => typeof flag === "object");
  return {
    ...(data !== undefined && rangesOnData(model, numbersAt(data, io.storage, "Check --data."), { quantiles })),
    all: said.findLast(({ layer }) => layer === undefined)?.range,
    of: Object.fromEntries(said.flatMap(({ layer, range }) => (layer === undefined ? [] : [[layer, range] as const]))),
    fit: range.includes("auto"),
  };
}

/** Where the ranges come from that are not given with each layer. */
export function rangesText({ range, data, quantiles }: MeasureFlags): string {
  const said = (range ?? []).map((each) =>
    each === "auto"
      ? "of activations without bounds what fits"
      : each === "data"
        ? `observed on ${data}${quantiles === undefined ? "" : ` (quantiles ${quantiles.join(" to ")})`}`
        : `${each.layer ?? "all layers"} [${each.range.join(", ")}]`,
  );
  return said.length === 0 ? "by activation" : said.join("; ");
}
