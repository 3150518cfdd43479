/** What `causalscope measure` is asked: its options, checked against each other and against the network. */
import type { UnitGroups } from "../causal/group-information.ts";
import type { JointMethod } from "../engines/engine.ts";
import { InvalidInputError } from "../errors.ts";
import { type BinCounts, type BinsSpec, type OutsidePolicy, type Range, validBins } from "../information/bins.ts";
import { chain, layerIndex, type Mechanism } from "../network/mechanism.ts";
import type { Network } from "../network/network.ts";
import { bytes, seconds } from "./cost.ts";

export interface MeasureFlags {
  readonly bins?: BinsSpec;
  readonly sweep?: readonly number[];
  readonly inputRange?: Range;
  readonly outputRange?: Range;
  readonly layers?: string;
  readonly from?: string;
  readonly to?: string;
  readonly method: JointMethod;
  readonly rest?: number | "middle";
  readonly seed: number;
  readonly tolerance?: number;
  readonly samples?: number;
  readonly outside: OutsidePolicy;
  readonly groups?: readonly UnitGroups[];
  readonly matrix?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly workers?: number;
  readonly memory?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** One thing to measure: a layer, or a chain of them. */
export interface Subject {
  /** Position in the network of its (first) layer, from 0. */
  readonly position: number;
  readonly mechanism: Mechanism;
}

export const DEFAULT_BINS = 8;
/** Layers of this many units, and work on pairs above this, are refused unless forced. */
const MANY_UNITS = 1e5;
const MANY_PAIR_BINS = 2e10;
/** What one bin of one pair takes at least, in seconds. */
const PAIR_BIN_SECONDS = 5e-9;
/** What one pair takes: its weight, and two values with their errors. */
const PAIR_BYTES = 40;

const EXCLUSIVE: readonly (readonly [keyof MeasureFlags, keyof MeasureFlags])[] = [
  ["json", "csv"],
  ["bins", "sweep"],
  ["sweep", "matrix"],
  ["sweep", "groups"],
  ["layers", "from"],
  ["layers", "to"],
];

/** @throws InvalidInputError for options that exclude each other. */
export function requireCompatible(flags: MeasureFlags): void {
  for (const [a, b] of EXCLUSIVE) {
    if (flags[a] === undefined || flags[b] === undefined) continue;
    throw new InvalidInputError({ who: "measure", expected: `--${a} or --${b}`, got: "both" });
  }
}

/** What the flags select of the network, in its order. */
export function subjects(network: Network, flags: MeasureFlags): Subject[] {
  const { inputRange, outputRange } = flags;
  const one = (position: number, last: number, input: Range | undefined): Subject => ({
    position,
    mechanism: chain(network, { from: position, to: last, inputRange: input, outputRange }),
  });
  if (flags.from !== undefined || flags.to !== undefined) {
    const first = flags.from === undefined ? 0 : positionOf(network, flags.from, "--from");
    const last = flags.to === undefined ? network.layers.length - 1 : positionOf(network, flags.to, "--to");
    if (last < first) {
      const [from, to] = [first, last].map((position) => network.layers[position]!.name);
      throw new InvalidInputError({ who: "--to", expected: `${from} or a layer after it`, got: `${to}` });
    }
    return [one(first, last, inputRange)];
  }
  const positions = layersOf(network, flags.layers);
  if (inputRange !== undefined && !positions.includes(0)) {
    throw new InvalidInputError({
      who: "--input-range",
      expected: `the network's first layer, ${network.layers[0]!.name}, among --layers`,
      got: flags.layers ?? "",
      remedy: "For the inputs of a later layer, use --from and --to.",
    });
  }
  return positions.map((position) => one(position, position, position === 0 ? inputRange : undefined));
}

function layersOf(network: Network, text: string | undefined): number[] {
  if (text === undefined) return network.layers.map((_, position) => position);
  const positions = text.split(",").map((name) => positionOf(network, name.trim(), "--layers"));
  const again = positions.find((position, at) => positions.indexOf(position) < at);
  if (again !== undefined) {
    throw new InvalidInputError({
      who: "--layers",
      expected: "each layer once",
      got: `${network.layers[again]!.name} twice`,
    });
  }
  return positions.sort((a, b) => a - b);
}

/** A name, or a position from 0; the name where it is both. */
function positionOf(network: Network, text: string, who: string): number {
  const isName = network.layers.some(({ name }) => name === text);
  return layerIndex(network, !isName && /^\d+$/.test(text) ? Number(text) : text, who);
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

/** @throws InvalidInputError, with the figures, for a mechanism that would take too long. */
export function requireFeasible({ name, inputs, outputs }: Mechanism, bins: readonly BinsSpec[]): void {
  const counts = bins.map((each) => validBins(each, "--bins"));
  const work = counts.reduce((sum, count) => sum + inputs * outputs * count.input * count.output, 0);
  const wide = Math.max(inputs, outputs) >= MANY_UNITS;
  if (!wide && work <= MANY_PAIR_BINS) return;
  const cost = `up to ${seconds(work * PAIR_BIN_SECONDS)} and ${bytes(inputs * outputs * PAIR_BYTES)} for its pairs`;
  throw new InvalidInputError({
    who: name,
    expected: wide
      ? `fewer than ${MANY_UNITS.toLocaleString("en")} inputs and outputs`
      : `at most ${MANY_PAIR_BINS.toLocaleString("en")} bins of pairs`,
    got: `${inputs} → ${outputs} at ${counts.map(binsText).join(", ")} bins, ${cost}`,
    remedy: "--force measures it all the same.",
  });
}

export function binsText({ input, output }: BinCounts): string {
  return input === output ? `${input}` : `${input} × ${output}`;
}
