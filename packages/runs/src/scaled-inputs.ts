/** What is made of the inputs of a user's own table. Apart from where they came from, which every run says. */
import type { Dataset } from "@causalscope/core";
import type { Scale } from "@causalscope/core/information";
import type { Range } from "@causalscope/core/measures";

/** Inputs that lie outside the range, by position. */
export function columnsOutside({ inputs, features }: Dataset, [low, high]: Range): number[] {
  const found = new Set<number>();
  for (const [at, value] of inputs.entries()) if (value < low || value > high) found.add(at % features);
  return [...found].sort((a, b) => a - b);
}

/**
 * The data with every input scaled over all rows: by `minmax` onto the range, by `zscore` to a mean of 0 and a deviation of 1. An input that does
 * not vary becomes the lower end, or 0.
 */
export function scaledInputs(data: Dataset, scale: Scale, [low, high]: Range): Dataset {
  if (scale === "none") return data;
  const { inputs, features, rows } = data;
  const scaled = new Float64Array(inputs.length);
  for (let i = 0; i < features; i++) {
    let [least, most, sum] = [Infinity, -Infinity, 0];
    for (let at = i; at < inputs.length; at += features) {
      least = Math.min(least, inputs[at]!);
      most = Math.max(most, inputs[at]!);
      sum += inputs[at]! / rows;
    }
    let square = 0;
    for (let at = i; at < inputs.length; at += features) square += (inputs[at]! - sum) ** 2 / rows;
    const deviation = Math.sqrt(square);
    for (let at = i; at < inputs.length; at += features) {
      if (scale === "zscore") scaled[at] = deviation > 0 ? (inputs[at]! - sum) / deviation : 0;
      else {
        const share = most > least ? (inputs[at]! - least) / (most - least) : 0;
        scaled[at] = Math.min(high, low + share * (high - low));
      }
    }
  }
  return { ...data, inputs: scaled };
}

/** The least range about 0, with two digits, that holds all inputs. */
export function rangeAbout0({ inputs }: Dataset): Range {
  let most = 0;
  for (const value of inputs) most = Math.max(most, Math.abs(value));
  const reach = Math.max(1, Math.ceil(most * 10) / 10);
  return [-reach, reach];
}
