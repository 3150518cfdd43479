/** What `ablate` shows to a reader: its curves in a few numbers, pairs, and what must not be concluded. */

import type { PairEffect } from "@causalscope/core/ablation";
import { counted } from "@causalscope/core/basics";
import type { ValueRow } from "@causalscope/runs";
import { sentence } from "@causalscope/runs/internal";
import { gapOf } from "@causalscope/studies/internal";
import { heading } from "./style.ts";
import { type Block, key, left, right, table } from "./text-table.ts";
import { decimals, probability, withError } from "./value-text.ts";

/** False discovery rate below which a pair is not additive, and how many pairs are shown. */
const SIGNIFICANT = 0.05;
const SHOWN = 10;

export function pairBlocks(pairs: readonly PairEffect[], name: (place: PairEffect["first"]) => string): Block[] {
  const significant = pairs.filter(({ qValue }) => qValue < SIGNIFICANT);
  const synergistic = significant.filter(({ lossExcess }) => lossExcess > 0).length;
  const rows = significant
    .toSorted((a, b) => Math.abs(b.lossExcess) - Math.abs(a.lossExcess))
    .slice(0, SHOWN)
    .map(({ first, second, lossExcess, standardError, accuracyExcess, qValue }) => [
      `${name(first)}, ${name(second)}`,
      withError(lossExcess, standardError),
      decimals(accuracyExcess),
      probability(qValue),
      lossExcess > 0 ? "synergistic" : "redundant",
    ]);
  const columns = [left("pair"), right("excess loss"), right("excess accuracy"), right("q"), left("kind")];
  const others = pairs.length - significant.length;
  return [
    `\n${heading(`${counted(pairs.length, "pair")} of units with high scores`)}: ${synergistic} synergistic, ${significant.length - synergistic} redundant, ${others} not distinguishable from additive (false discovery rate ${SIGNIFICANT}).\n`,
    "Excess: the change without both units, minus the sum of the changes without each. Synergistic: more is lost than the sum; redundant: less.\n",
    ...(rows.length > 0 ? ["\n", table(columns, rows)] : []),
  ];
}

export function ablationBlocks(
  rows: readonly ValueRow[],
  { repetitions, bootstrap }: { readonly repetitions: number; readonly bootstrap: number },
  warnings: readonly string[],
): Block[] {
  const value = (scope: string, measure: string, score: string, direction: string) =>
    rows.find(
      ({ measure: m, setting: s }) =>
        m === measure && s.scope === scope && s.score === score && s.direction === direction,
    );
  const scopes = [...new Set(rows.map(({ setting }) => setting.scope as string))];
  const scores = [...new Set(rows.map(({ setting }) => setting.score as string))].filter(
    (name) => name !== "" && name !== "random",
  );
  /** `12 [9, 15]`. */
  const count = (scope: string, measure: string, score: string, direction = "descending") => {
    const of = (name: string) => value(scope, name, score, direction)?.value;
    const [middle, low, high] = [of(measure)!, of(`${measure}Low`), of(`${measure}High`)];
    const whole = Number.isInteger(middle) ? `${middle}` : decimals(middle, 1);
    return low === undefined ? whole : `${whole} [${low}, ${high}]`;
  };
  const area = (row: ValueRow) => withError(row.value, row.standardError);
  const lines = scopes.flatMap((scope) => [
    ...scores.map((score) => {
      const [low, high] = [value(scope, "area", score, "ascending")!, value(scope, "area", score, "descending")!];
      const own = (measure: string) => `${value(scope, measure, score, "descending")?.value ?? ""}`;
      const numbers = [count(scope, "sufficient", score), count(scope, "necessary", score)];
      return [scope, score, area(low), area(high), ...numbers, own("redundant"), own("synergistic")];
    }),
    [
      scope,
      "random",
      area(value(scope, "area", "random", "random")!),
      "",
      count(scope, "sufficient", "random", "random"),
      count(scope, "necessary", "random", "random"),
      "",
      "",
    ],
  ]);
  const columns = [
    key(left("scope")),
    key(left("score")),
    right("low first"),
    right("high first"),
    right("sufficient"),
    right("necessary"),
    right("redundant"),
    right("synergistic"),
  ];
  const whole = rows.find(({ measure, setting }) => measure === "testAccuracy" && setting.removed === 0)!;
  const inactive = scopes
    .map((scope) => `${value(scope, "inactive", "", "")!.value} of ${value(scope, "units", "", "")!.value} in ${scope}`)
    .join(", ");
  const intervals =
    bootstrap > 0
      ? ` In brackets: 95 % intervals from ${bootstrap} resamples of the test examples; for random orders, the minimum and maximum.`
      : "";
  return [
    table(columns, lines),
    `\nAccuracy with all units: ${withError(whole.value, whole.standardError)}. Inactive units: ${inactive}.\n`,
    `Low first, high first: mean accuracy over 21 equally spaced fractions of removed units, lowest or highest scores first. Random orders: ± is the standard deviation over ${repetitions} orders.\n`,
    "Sufficient: the smallest number of units with the highest scores that keeps accuracy within 0.01. Necessary: the smallest number whose removal reduces accuracy to chance.\n",
    `Redundant: active units that are not needed beside the sufficient ones. Synergistic: needed together, although each alone could be removed.${intervals}\n`,
    warningsOf(rows, scopes, scores, warnings),
  ];
}

/** What must not be concluded. */
function warningsOf(
  rows: readonly ValueRow[],
  scopes: readonly string[],
  scores: readonly string[],
  warnings: readonly string[],
): string {
  const lines: string[] = [];
  const idle = rows.some(
    ({ measure, setting, value: bits }) => measure === "necessary" && setting.score !== "random" && bits === 0,
  );
  if (idle) {
    lines.push(
      "The model is no better than guessing on these examples, so there is nothing to lose. Are the labels in the order of its outputs, and the inputs on its scale (--divide)?",
    );
  }
  for (const warning of warnings) lines.push(sentence(warning));
  const layers = scopes.filter((scope) => scope !== "network");
  if (!scopes.includes("network")) return sentences(lines);
  for (const score of scores) {
    const whole = gapOf(rows, "network", score).sign;
    const against = layers.filter((layer) => gapOf(rows, layer, score).sign * whole < 0);
    if (against.length === 0) continue;
    lines.push(`Simpson's paradox: ranked by ${score}, the whole network shows the opposite of ${against.join(", ")}.`);
  }
  return sentences(lines);
}

function sentences(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
