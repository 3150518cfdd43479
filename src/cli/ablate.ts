/** `causalscope ablate MODEL --data FILE --labels FILE`: what breaks without which neurons of a trained model. */
import type { Command } from "commander";
import { placeKey } from "../ablation/ablator.ts";
import { placesOf, type Scope } from "../ablation/cumulative.ts";
import { type PairEffect, pairEffects } from "../ablation/effects.ts";
import { type ReplacementSpec, replacements } from "../ablation/replacement.ts";
import { type ScoreName, scoreNames, unitScores } from "../ablation/scores.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import type { Classifier } from "../network/graph-classifier.ts";
import type { QuantizerSpec } from "../observational/quantizer.ts";
import { ablationFindings, ablationRows, pairRows } from "../runs/studies/ablation.ts";
import type { ValueRow } from "../runs/table.ts";
import { csv, jsonRows, valueColumns } from "../runs/table-files.ts";
import type { Io } from "./io.ts";
import { type ExampleFlags, readClassifier, readExamples } from "./labelled-files.ts";
import { modelNotes } from "./model-notes.ts";
import { exampleOptions, QUANTIZERS, quantizerOption } from "./neurons.ts";
import { wholeNumberOption } from "./options.ts";
import { progress } from "./progress.ts";
import { replacementOption } from "./study-flags.ts";
import { decimals, table, withError } from "./table.ts";

interface AblateFlags extends ExampleFlags {
  readonly scores: readonly string[];
  readonly quantizer: QuantizerSpec;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  readonly scope: "all" | Scope;
  readonly points: number;
  readonly bootstrap: number;
  readonly pairs: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly figures?: string;
  readonly report?: string;
  readonly quiet?: boolean;
}

const DEFAULT_SCORES: readonly ScoreName[] = ["information", "information8", "weight-spread"];

export function ablateCommand(root: Command, io: Io, version: string): void {
  exampleOptions(root.command("ablate <model>"))
    .summary("what breaks without which neurons")
    .description(
      "Holds the hidden units of a model (of convolutions, whole channels) at a constant, one after another: in the order of their scores, low first and high first, and in random orders; over the whole network and within each layer. Scores come from --data, accuracies from --test-data.",
    )
    .allowExcessArguments(false)
    .option("--scores <list>", `some of ${scoreNames.join(", ")}`, (text) => text.split(","), [...DEFAULT_SCORES])
    .option("--quantizer <spec>", `how scores read neurons: ${QUANTIZERS}`, quantizerOption, {
      kind: "threshold",
    } as QuantizerSpec)
    .option(
      "--replacement <value>",
      `what a removed unit is held at: ${replacements.join(", ")} or a number`,
      replacementOption,
      "zero",
    )
    .option("--scope <which>", "network, a hidden layer (1 is the first), or all of them", scopeOption, "all")
    .option("--repetitions <n>", "random orders", (text) => wholeNumberOption(text, "--repetitions", 1), 20)
    .option(
      "--points <n>",
      "stops of an order by a score, as many as units at most",
      (text) => wholeNumberOption(text, "--points", 1),
      200,
    )
    .option(
      "--bootstrap <n>",
      "resamples of the test examples, for intervals; 0 for none",
      (text) => wholeNumberOption(text, "--bootstrap", 0),
      200,
    )
    .option(
      "--pairs <n>",
      "also, of the n units of each layer with the highest first score, which pairs are lost together only",
      (text) => wholeNumberOption(text, "--pairs", 0),
      0,
    )
    .option("--seed <n>", "of the random orders", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .option("--json", "every point of every curve, for a program")
    .option("--csv", "the same as CSV")
    .option("--figures <folder>", "also the curves, as SVG and PNG")
    .option("--report <file>", "also a page with the curves, what they say, and what was asked")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope ablate model.onnx --data x.npy --labels y.npy --test-data xt.npy --test-labels yt.npy\n  $ causalscope ablate model.json --data examples.csv --replacement mean --figures curves\n  $ causalscope ablate model.onnx --data x.npy --labels y.npy --scope 2 --pairs 20",
    )
    .action((file: string, flags: AblateFlags) => runAblate(file, flags, io, version));
}

async function runAblate(file: string, flags: AblateFlags, io: Io, version: string): Promise<void> {
  const { scores, replacement, repetitions, seed, quiet = false } = flags;
  if (flags.json === true && flags.csv === true) {
    throw new InvalidInputError({ who: "ablate", expected: "--json or --csv", got: "both" });
  }
  const unknown = scores.find((name) => !scoreNames.some((known) => known === name));
  if (unknown !== undefined) {
    throw new InvalidInputError({ who: "--scores", expected: `some of ${scoreNames.join(", ")}`, got: unknown });
  }
  const network = await readClassifier(file, io, flags);
  const data = readExamples(network, flags, io);
  const { scope, points, bootstrap, pairs } = flags;
  // Says what is wrong with a layer before anything is measured.
  if (scope !== "all") placesOf(network, scope);
  const show = progress(io.stderr, quiet);
  let rows: ValueRow[];
  let together: PairEffect[];
  try {
    rows = await ablationRows(network, data, {
      scores: scores as ScoreName[],
      quantizer: flags.quantizer,
      replacement,
      repetitions,
      points,
      bootstrap,
      seed,
      ...(scope !== "all" && { scopes: [scope] }),
      signal: io.signal,
      onProgress: (share) => show.update(share, "ablation"),
    });
    together = pairs === 0 ? [] : await topPairs(network, data, flags, io.signal);
  } finally {
    show.stop();
  }
  if (flags.figures !== undefined || flags.report !== undefined)
    await draw(file, rows, data.test.rows, flags, io, version);
  const all = [...rows, ...pairRows(seed, together)];
  if (flags.json === true) io.stdout.write(jsonRows(valueColumns(all), all));
  else if (flags.csv === true) io.stdout.write(csv(valueColumns(all), all));
  else {
    const names = (place: { layer: number; unit: number }) => `${network.layers[place.layer]!.name}/${place.unit}`;
    const tables = `${asTable(rows, flags)}${pairs === 0 ? "" : pairTable(together, names)}`;
    io.stdout.write(`${tables}${modelNotes(network)}`);
  }
  if (!quiet && (flags.json === true || flags.csv === true)) io.stderr.write(modelNotes(network));
}

/** Figures and a page. */
async function draw(
  file: string,
  rows: readonly ValueRow[],
  examples: number,
  flags: AblateFlags,
  io: Io,
  version: string,
): Promise<void> {
  const { png, valueFigures, valuesReportHtml } = await import("../report/index.ts");
  const drawn = valueFigures("ablation", rows);
  for (const { name, svg } of flags.figures === undefined ? [] : drawn) {
    io.storage.write(`${flags.figures}/${name}.svg`, svg);
    io.storage.write(`${flags.figures}/${name}.png`, png(svg));
  }
  if (flags.report === undefined) return;
  const { scores, quantizer, replacement, repetitions, bootstrap, scope, seed } = flags;
  const page = valuesReportHtml({
    title: `Ablation of ${file}`,
    summary: "which neurons the model can lose",
    settings: [
      ["model", file],
      ["examples", `${flags.data}; accuracies on ${examples} of ${flags.testData ?? flags.data}`],
      ["scores", scores.join(", ")],
      ["neurons are read by", JSON.stringify(quantizer)],
      ["removed units are held at", `${replacement}`],
      ["random orders", `${repetitions}`],
      ["resamples of the test examples", `${bootstrap}`],
      ["seed", `${seed}`],
    ],
    // They set the whole network beside its layers.
    findings: scope === "all" ? ablationFindings(scores as ScoreName[], rows, undefined) : [],
    figures: drawn,
    version,
    where: "what the same command prints with --csv or --json",
  });
  io.storage.write(flags.report, page);
}

/** `all`, `network`, or the number of a layer, from 1; its position then. */
function scopeOption(text: string): "all" | Scope {
  return text === "all" || text === "network" ? text : wholeNumberOption(text, "--scope", 1) - 1;
}

/** Pairs among the units of each layer that have the highest first score. */
async function topPairs(
  network: Classifier,
  { train, test }: { train: Dataset; test: Dataset },
  { scope, pairs, quantizer, replacement, scores: [name], seed }: AblateFlags,
  signal: AbortSignal,
): Promise<PairEffect[]> {
  const score = (await unitScores(network, train, [name as ScoreName], { quantizer, replacement, seed }))[
    name as ScoreName
  ];
  const places = placesOf(network, scope === "all" ? "network" : scope);
  const layers = [...new Set(places.map(({ layer }) => layer))];
  const found: PairEffect[] = [];
  for (const layer of layers) {
    const own = places
      .filter((place) => place.layer === layer)
      .toSorted((a, b) => score.get(placeKey(b))! - score.get(placeKey(a))!);
    if (own.length < 2) continue;
    const top = own.slice(0, Math.max(2, pairs));
    found.push(...(await pairEffects(network, test, top, { train, replacement, seed, signal })));
  }
  return found;
}

/** False discovery rate below which a pair is called, and how many are shown. */
const CALLED = 0.05;
const SHOWN = 10;

function pairTable(pairs: readonly PairEffect[], name: (place: PairEffect["first"]) => string): string {
  const called = pairs.filter(({ qValue }) => qValue < CALLED);
  const synergistic = called.filter(({ lossExcess }) => lossExcess > 0).length;
  const rows = called
    .toSorted((a, b) => Math.abs(b.lossExcess) - Math.abs(a.lossExcess))
    .slice(0, SHOWN)
    .map(({ first, second, lossExcess, standardError, accuracyExcess, qValue }) => [
      `${name(first)}, ${name(second)}`,
      withError(lossExcess, standardError),
      decimals(accuracyExcess),
      qValue < 1e-4 ? "< 0.0001" : qValue.toFixed(4),
      lossExcess > 0 ? "synergistic" : "redundant",
    ]);
  const head = [left("pair"), right("loss beyond the sum"), right("accuracy"), right("q"), left("")];
  return `
${pairs.length} pairs of high scores: ${synergistic} synergistic (more is lost with both than with each added up), ${called.length - synergistic} redundant, the others not told apart from additive (false discovery rate ${CALLED}).
${rows.length > 0 ? `\n${table(head, rows)}` : ""}`;
}

const right = (title: string) => ({ title, align: "right" }) as const;
const left = (title: string) => ({ title, align: "left" }) as const;

function asTable(rows: readonly ValueRow[], { repetitions, bootstrap }: AblateFlags): string {
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
    const of = (name: string) => value(scope, name, score, direction)?.bits;
    const [middle, low, high] = [of(measure)!, of(`${measure}Low`), of(`${measure}High`)];
    const whole = Number.isInteger(middle) ? `${middle}` : decimals(middle, 1);
    return low === undefined ? whole : `${whole} [${low}, ${high}]`;
  };
  const area = (row: ValueRow) => withError(row.bits, row.standardError);
  const lines = scopes.flatMap((scope) => [
    ...scores.map((score) => {
      const [low, high] = [value(scope, "area", score, "ascending")!, value(scope, "area", score, "descending")!];
      const own = (measure: string) => `${value(scope, measure, score, "descending")?.bits ?? ""}`;
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
    .map((scope) => `${value(scope, "inactive", "", "")!.bits} of ${value(scope, "units", "", "")!.bits} in ${scope}`)
    .join(", ");
  const intervals =
    bootstrap > 0
      ? ` In brackets 95 % over ${bootstrap} resamples of the test examples; of random orders least and greatest.`
      : "";
  return `${table(head, lines)}
Accuracy with all units: ${withError(whole.bits, whole.standardError)}. Inactive: ${idle}.
Low first, high first: mean accuracy over 21 equally spaced shares of removed units; random: ± over ${repetitions} orders.
Suffice: fewest units of the highest scores that keep accuracy within 0.01; necessary: fewest whose removal leaves chance.
Redundant: active, and not needed beside those; synergistic: needed, though each alone could be lost.${intervals}
${warningsOf(rows, scopes, scores, repetitions)}`;
}

/** What must not be concluded. */
function warningsOf(
  rows: readonly ValueRow[],
  scopes: readonly string[],
  scores: readonly string[],
  repetitions: number,
): string {
  const lines: string[] = [];
  const idle = rows.some(
    ({ measure, setting, bits }) => measure === "necessary" && setting.score !== "random" && bits === 0,
  );
  if (idle) {
    lines.push(
      "The model answers these examples no better than guessing: there is nothing to lose. Are labels in the order of its outputs, and inputs on its scale (--divide)?",
    );
  }
  if (repetitions < 20) lines.push(`${repetitions} random orders make no band: 20 or more do.`);
  const gap = (scope: string, score: string) =>
    rows.find(({ measure, setting: s }) => measure === "gap" && s.scope === scope && s.score === score)!;
  const layers = scopes.filter((scope) => scope !== "network");
  if (scopes.includes("network") && layers.length > 1) {
    lines.push(
      "Scores of different layers are ranked together for the network: compare with the layers (Simpson's paradox).",
    );
    for (const score of scores) {
      const whole = gap("network", score);
      const against = layers.filter((layer) => {
        const own = gap(layer, score);
        const apart = Math.min(
          Math.abs(own.bits) - 2 * own.standardError,
          Math.abs(whole.bits) - 2 * whole.standardError,
        );
        return own.bits * whole.bits < 0 && apart > 0;
      });
      if (against.length > 0) {
        lines.push(
          `Simpson's paradox is here: by ${score} the ranking over the network says the opposite of that within ${against.join(", ")}.`,
        );
      }
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}
