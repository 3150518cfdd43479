/** From a first look at H(Ŷ) to what the whole of it will need. */
import { log2, power } from "../../information/elementary.ts";
import type { EntropyEstimate } from "./output-counts.ts";
import { HOPELESS } from "./saturation.ts";

export interface Foreseen {
  readonly samples: number;
  /** Its standard error and its share of states seen once, at so many samples. */
  readonly output: EntropyEstimate;
}

/**
 * @param looks what a quarter of the samples told, half of them, and all of the `drawn` ones, of which `excess` times as many are needed.
 * @param most samples that there may be; `least` of them are drawn whatever they tell.
 */
export function foreseen(
  looks: readonly [quarter: EntropyEstimate, half: EntropyEstimate, all: EntropyEstimate],
  {
    drawn,
    excess,
    least,
    most,
    dimension,
  }: Readonly<Record<"drawn" | "excess" | "least" | "most" | "dimension", number>>,
): Foreseen {
  const [quarter, half, found] = looks;
  const dimensions = Math.max(1, dimension);
  const fall = (from: EntropyEstimate, to: EntropyEstimate) =>
    to.seenOnce > 0 ? Math.max(0, log2(from.seenOnce / to.seenOnce)) : 1;
  const steepness = fall(half, found);
  const bend = Math.max(0, steepness - fall(quarter, half));
  // The share falls faster with every doubling, to N^−(1 + 1/d) in the end, when nearly all states were found (output-counts.ts).
  const seenOnceAt = (samples: number) => {
    let share = found.seenOnce;
    for (let [count, steep] = [drawn, steepness]; count < samples; count *= 2) {
      steep = Math.min(1 + 1 / dimensions, steep + bend);
      share *= power(2, -steep * Math.min(1, log2(samples / count)));
    }
    return share;
  };
  const first = Math.min(least, most);
  const isHopeless = seenOnceAt(first) > HOPELESS;
  // The last step goes beyond what is needed, by a tenth at least.
  const samples = isHopeless ? first : Math.min(most, Math.max(first, 1.2 * excess * drawn));
  const standardError = found.standardError * Math.sqrt(drawn / samples);
  return { samples, output: { ...found, standardError, seenOnce: seenOnceAt(samples) } };
}
