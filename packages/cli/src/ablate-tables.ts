/** What `ablate` prints: curves in few numbers, pairs, and what must not be concluded. */
import type { PairEffect } from "@causalscope/core/ablation";
import type { ValueRow } from "@causalscope/runs";
import { gapOf, sentence } from "@causalscope/studies/internal";
import { decimals, left, probability, right, table, withError } from "./table.ts";

/** False discovery rate below which a pair is called, and how many are shown. */
const CALLED = 0.05;
const SHOWN = 10;

export function pairTable(pairs: readonly PairEffect[], name: (place: PairEffect["first"]) => string): string {
  const called = pairs.filter(({ qValue }) => qValue < CALLED);
  const synergistic = called.filter(({ lossExcess }) => lossExcess > 0).length;
  const rows = called
    .toSorted((a, b) => Math.abs(b.lossExcess) - Math.abs(a.lossExcess))
    .slice(0, SHOWN)
    .map(({ first, second, lossExcess, standardError, accuracyExcess, qValue }) => [
      `${name(first)}, ${name(second)}`,
      withError(lossExcess, standardError),
      decimals(accuracyExcess),
      probability(qValue),
      lossExcess > 0 ? "synergistic" : "redundant",
    ]);
  const head = [left("pair"), right("loss beyond the sum"), right("accuracy"), right("q"), left("")];
  return `
${pairs.length} pairs of high scores: ${synergistic} synergistic (more is lost with both than with each added up), ${called.length - synergistic} redundant, the others not told apart from additive (false discovery rate ${CALLED}).
${rows.length > 0 ? `\n${table(head, rows)}` : ""}`;
}

export function ablationTable(
  rows: readonly ValueRow[],
  { repetitions, bootstrap }: { readonly repetitions: number; readonly bootstrap: number },
  warnings: readonly string[],
): string {
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
  const head = [
    left("scope"),
    left("score"),
    right("low first"),
    right("high first"),
    right("suffice"),
    right("necessary"),
    right("redundant"),
    right("synergistic"),
  ];
  const whole = rows.find(({ measure, setting }) => measure === "testAccuracy" && setting.removed === 0)!;
  const idle = scopes
    .map((scope) => `${value(scope, "inactive", "", "")!.value} of ${value(scope, "units", "", "")!.value} in ${scope}`)
    .join(", ");
  const intervals =
    bootstrap > 0
      ? ` In brackets 95 % over ${bootstrap} resamples of the test examples; of random orders least and greatest.`
      : "";
  return `${table(head, lines)}
Accuracy with all units: ${withError(whole.value, whole.standardError)}. Inactive: ${idle}.
Low first, high first: mean accuracy over 21 equally spaced shares of removed units; random: ± is the standard deviation over ${repetitions} orders.
Suffice: fewest units of the highest scores that keep accuracy within 0.01; necessary: fewest whose removal leaves chance.
Redundant: active, and not needed beside those; synergistic: needed, though each alone could be lost.${intervals}
${warningsOf(rows, scopes, scores, warnings)}`;
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
      "The model answers these examples no better than guessing: there is nothing to lose. Are labels in the order of its outputs, and inputs on its scale (--divide)?",
    );
  }
  for (const warning of warnings) lines.push(sentence(warning));
  const layers = scopes.filter((scope) => scope !== "network");
  if (!scopes.includes("network")) return sentences(lines);
  for (const score of scores) {
    const whole = gapOf(rows, "network", score).sign;
    const against = layers.filter((layer) => gapOf(rows, layer, score).sign * whole < 0);
    if (against.length === 0) continue;
    lines.push(
      `Simpson's paradox is here: by ${score} the ranking over the network says the opposite of that within ${against.join(", ")}.`,
    );
  }
  return sentences(lines);
}

function sentences(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
