/** `--quantizer`: how activations become states. */

import { InvalidInputError } from "@causalscope/core/errors";
import type { QuantizerSpec } from "@causalscope/core/information";
import { Option } from "commander";
import { numberOption, rangeOption } from "./flag-values.ts";

const FORMS = "threshold, threshold,VALUE, uniform,BINS, equal-mass,BINS, fixed,BINS,LOW,HIGH, width,WIDTH or unique";

export function quantizerFlag(what: string): Option {
  return new Option("--quantizer <spec>", `${what}: ${FORMS} (each value a state)`)
    .argParser(quantizerOption)
    .default({ kind: "threshold" } satisfies QuantizerSpec, "threshold");
}

/** `threshold`, `threshold,0.5`, `uniform,8`, `equal-mass,8`, `fixed,8,0,1`, `width,0.1`, `unique`. */
export function quantizerOption(text: string): QuantizerSpec {
  const [kind, ...numbers] = text.split(",");
  const at = (k: number) => numberOption(numbers[k] ?? "", "--quantizer", "numbers, as in equal-mass,8");
  if (kind === "threshold") return numbers.length === 0 ? { kind } : { kind, threshold: at(0) };
  if (kind === "uniform" || kind === "equal-mass") return { kind, bins: at(0) };
  if (kind === "fixed") return { kind, bins: at(0), range: rangeOption(numbers.slice(1).join(","), "--quantizer") };
  if (kind === "width") return { kind, width: at(0) };
  if (kind === "unique" && numbers.length === 0) return { kind };
  throw new InvalidInputError({ who: "--quantizer", expected: FORMS, got: JSON.stringify(text) });
}

/** As the flag takes it. */
export function quantizerText(spec: QuantizerSpec): string {
  return Object.values(spec).flat().join(",");
}
