/** `causalscope ablate MODEL --data FILE --labels FILE`: what breaks without which neurons of a trained model. */

import { ablate } from "@causalscope/core";
import type { Ablation, Scope } from "@causalscope/core/ablation";
import { type ReplacementSpec, replacements, type ScoreName, scoreNames } from "@causalscope/core/ablation";
import { InvalidInputError } from "@causalscope/core/errors";
import type { QuantizerSpec } from "@causalscope/core/information";
import { DEFAULT_SCORES, unitsOf } from "@causalscope/core/internal";
import type { ValueRow } from "@causalscope/runs";
import { csv, jsonRows, valueColumns } from "@causalscope/runs";
import { ablationFindings, ablationRows } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { ablationTable, pairTable } from "./ablate-tables.ts";
import type { Io } from "./io.ts";
import {
  type ExampleFlags,
  type ExampleProvenance,
  provenanceSettings,
  readClassifier,
  readExamples,
} from "./labelled-files.ts";
import { modelNotes } from "./model-notes.ts";
import { exampleOptions, QUANTIZERS, quantizerOption } from "./neurons.ts";
import { wholeNumberOption } from "./options.ts";
import { progress } from "./progress.ts";
import { replacementOption } from "./study-flags.ts";
import { noteLines } from "./table.ts";

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

export function ablateCommand(command: Command, io: Io, version: string): void {
  exampleOptions(command.argument("<model>"))
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
  const model = await readClassifier(file, io, flags);
  const { provenance, ...data } = readExamples(model, flags, io);
  const { scope, points, bootstrap, pairs } = flags;
  const show = progress(io.stderr, quiet);
  let found: Ablation;
  try {
    found = await ablate(
      model,
      data,
      {
        ...{ quantizer: flags.quantizer, replacement, repetitions, points, bootstrap, pairs, seed },
        scores: scores as readonly ScoreName[],
        ...(scope !== "all" && { scopes: [scope] }),
      },
      { signal: io.signal, onProgress: (share) => show.update(share, "ablation") },
    );
  } finally {
    show.stop();
  }
  const all = ablationRows(found, seed);
  const rows = ablationRows({ ...found, pairs: [] }, seed);
  if (flags.figures !== undefined || flags.report !== undefined)
    await draw(file, rows, data.test.rows, provenance, flags, io, version);
  const notes = noteLines(provenance.notes);
  if (flags.json === true) io.stdout.write(jsonRows(valueColumns(all), all));
  else if (flags.csv === true) io.stdout.write(csv(valueColumns(all), all));
  else {
    const names = (place: { layer: number; unit: number }) =>
      `${unitsOf(model).layers[place.layer]!.name}/${place.unit}`;
    const tables = `${ablationTable(rows, flags, found.warnings)}${pairs === 0 ? "" : pairTable(found.pairs, names)}`;
    io.stdout.write(`${tables}${modelNotes(model)}${notes}`);
  }
  if (!quiet && (flags.json === true || flags.csv === true)) io.stderr.write(`${modelNotes(model)}${notes}`);
}

/** Figures and a page. */
async function draw(
  file: string,
  rows: readonly ValueRow[],
  examples: number,
  provenance: ExampleProvenance,
  flags: AblateFlags,
  io: Io,
  version: string,
): Promise<void> {
  const { png, valueFigures, valuesReportHtml } = await import("@causalscope/report");
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
      ...provenanceSettings(provenance),
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
