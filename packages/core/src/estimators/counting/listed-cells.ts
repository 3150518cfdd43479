/**
 * E_cell H(Ŷ | cell) where the cells of the inputs are few and each has many output states: cell by cell, by counting.
 *
 * Each cell is a layer on a smaller box, with exact distributions of its single outputs as a control variate; no cell is left to chance.
 */
import { hypot, log2, square } from "../../information/elementary.ts";
import { derivedSeed } from "../../information/random.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import type { PreactivationBins } from "../../model/preactivation-bins.ts";
import type { SamplingOptions } from "../engine.ts";
import { binProbabilities, outputLaws } from "../exact/marginals.ts";
import type { EntropyEstimate } from "./output-counts.ts";
import { OutputEntropy } from "./output-entropy.ts";
import { UNSATURATED } from "./saturation.ts";
import { unitLayer } from "./unit-layer.ts";

/** Cells that are few enough to be listed. */
const MOST_CELLS = 128;
/** Samples of a cell, at first. */
const FIRST = 2048;

/** Where only a first look is taken. */
const LOOK = 512;

export interface ListedCells {
  readonly bits: number;
  readonly standardError: number;
  readonly draws: number;
}

/**
 * Until the standard error is below `goal` bits; undefined where there are more cells than `MOST_CELLS`, or states that do not repeat within
 * the budget of `draws`.
 */
export async function listedCells(
  mechanism: DenseMechanism,
  cuts: PreactivationBins,
  parts: Float64Array,
  inRange: boolean,
  options: SamplingOptions,
  goal: number,
  draws: number,
): Promise<ListedCells | undefined> {
  const boxes = boxesOf(mechanism, parts);
  if (boxes === undefined) return undefined;
  const { look } = options;
  let spent = 0;
  look?.begin();
  for (let each = look === undefined ? FIRST : LOOK; spent + each * boxes.length <= draws; ) {
    const cells: CellFound[] = [];
    for (const [index, inputRanges] of boxes.entries()) {
      const seed = derivedSeed(options.seed, index);
      cells.push(await counted({ ...mechanism, inputRanges }, cuts, inRange, { ...options, seed }, each));
    }
    spent += cells.reduce((sum, { drawn }) => sum + drawn, 0);
    const found = meanOf(cells);
    if (look !== undefined) {
      // Rounds draw all anew, each of at least twice as many.
      const last = FIRST * boxes.length + 1.3 * spent * (goal > 0 ? square(found.standardError / goal) : Infinity);
      look.end();
      look.needs(
        spent,
        Math.min(draws, found.standardError <= goal * Math.sqrt(FIRST / each) ? FIRST * boxes.length : 1.3 * last),
      );
      return { ...found, draws: spent };
    }
    const isSpent = spent + 2 * each * boxes.length > draws || cells.some(({ isFull }) => isFull);
    if (found.standardError <= goal || isSpent) {
      return found.seenOnce > UNSATURATED ? undefined : { ...found, draws: spent };
    }
    // All are drawn anew, so that one table at a time is enough.
    each *= Math.max(2, Math.min(4, Math.ceil(1.2 * square(found.standardError / goal))));
    each = Math.min(each, Math.floor((draws - spent) / boxes.length));
  }
  return undefined;
}

interface CellFound extends Pick<OutputEntropy, "drawn" | "outside" | "isFull"> {
  readonly entropy: EntropyEstimate;
}

async function counted(
  cell: DenseMechanism,
  cuts: PreactivationBins,
  inRange: boolean,
  options: SamplingOptions,
  draws: number,
): Promise<CellFound> {
  const marginals = new Float64Array(cell.outputs * cuts.count);
  binProbabilities(outputLaws(cell), cuts, marginals);
  const counter = { ...unitLayer(cell, cuts), beyond: undefined };
  const counts = await OutputEntropy.of(counter, options.seed, marginals, inRange);
  try {
    await counts.draw(draws, options, () => {});
    const { drawn, outside, isFull } = counts;
    return { drawn, outside, isFull, entropy: counts.estimate() };
  } finally {
    counts.free();
  }
}

/** Of every cell, the ranges of its inputs. */
function boxesOf({ inputRanges }: DenseMechanism, parts: Float64Array): (readonly [number, number])[][] | undefined {
  if (parts.reduce((product, count) => product * count, 1) > MOST_CELLS) return undefined;
  return inputRanges.reduce<(readonly [number, number])[][]>(
    (boxes, [low, high], i) => {
      const edge = (a: number) => low + ((high - low) * a) / parts[i]!;
      const slices = Array.from({ length: parts[i]! }, (_, a) => [edge(a), edge(a + 1)] as const);
      return boxes.flatMap((box) => slices.map((slice) => [...box, slice]));
    },
    [[]],
  );
}

/** The mean over the cells, each weighed by its share inside the output range. */
function meanOf(cells: readonly CellFound[]): { bits: number; standardError: number; seenOnce: number } {
  const total = cells.reduce((sum, { outside }) => sum + 1 - outside, 0);
  let [bits, seenOnce, variance] = [0, 0, 0];
  for (const { outside, entropy } of cells) {
    bits += ((1 - outside) / total) * entropy.bits;
    seenOnce += ((1 - outside) / total) * entropy.seenOnce;
  }
  for (const { drawn, outside, entropy } of cells) {
    // Of a sample or none, nothing is known but that its cell may have as many states as any.
    const error = entropy.counted < 2 ? log2(drawn) : entropy.standardError;
    const ofEntropy = ((1 - outside) / total) * error;
    const ofWeight = ((entropy.bits - bits) / total) * Math.sqrt((outside * (1 - outside)) / drawn);
    variance += square(hypot(ofEntropy, ofWeight));
  }
  return { bits, standardError: Math.sqrt(variance), seenOnce };
}
