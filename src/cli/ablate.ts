/** `causalscope ablate MODEL --data FILE --labels FILE`: what breaks without which neurons of a trained model. */
import type { Command } from "commander";
import type { ReplacementSpec } from "../ablation/cumulative.ts";
import { type ScoreName, scoreNames } from "../ablation/scores.ts";
import { InvalidInputError } from "../errors.ts";
import { ablationRows } from "../runs/studies/ablation.ts";
import type { ValueRow } from "../runs/table.ts";
import { csv, jsonRows, valueColumns } from "../runs/table-files.ts";
import type { Io } from "./io.ts";
import { type ExampleFlags, readExamples, readNetwork } from "./labelled-files.ts";
import { exampleOptions } from "./neurons.ts";
import { wholeNumberOption } from "./options.ts";
import { progress } from "./progress.ts";
import { replacementOption } from "./study-flags.ts";
import { decimals, table } from "./table.ts";

interface AblateFlags extends ExampleFlags {
  readonly scores: readonly string[];
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly figures?: string;
  readonly quiet?: boolean;
}

const DEFAULT_SCORES: readonly ScoreName[] = ["information", "information8", "weight-spread"];

export function ablateCommand(root: Command, io: Io): void {
  exampleOptions(root.command("ablate <model>"))
    .summary("what breaks without which neurons")
    .description(
      "Holds the hidden units of a network of dense layers at a constant, one after another: in the order of their scores, low first and high first, and in random orders; over the whole network and within each layer. Scores come from --data, accuracies from --test-data.",
    )
    .allowExcessArguments(false)
    .option("--scores <list>", `some of ${scoreNames.join(", ")}`, (text) => text.split(","), [...DEFAULT_SCORES])
    .option("--replacement <value>", "zero, mean, resample or a number", replacementOption, "zero")
    .option("--repetitions <n>", "random orders", (text) => wholeNumberOption(text, "--repetitions", 1), 20)
    .option("--seed <n>", "of the random orders", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .option("--json", "every point of every curve, for a program")
    .option("--csv", "the same as CSV")
    .option("--figures <folder>", "also the curves, as SVG and PNG")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope ablate model.onnx --data x.npy --labels y.npy --test-data xt.npy --test-labels yt.npy\n  $ causalscope ablate model.json --data examples.csv --replacement mean --figures curves",
    )
    .action((file: string, flags: AblateFlags) => runAblate(file, flags, io));
}

async function runAblate(file: string, flags: AblateFlags, io: Io): Promise<void> {
  const { scores, replacement, repetitions, seed, quiet = false } = flags;
  if (flags.json === true && flags.csv === true) {
    throw new InvalidInputError({ who: "ablate", expected: "--json or --csv", got: "both" });
  }
  const unknown = scores.find((name) => !scoreNames.some((known) => known === name));
  if (unknown !== undefined) {
    throw new InvalidInputError({ who: "--scores", expected: `some of ${scoreNames.join(", ")}`, got: unknown });
  }
  const network = await readNetwork(file, io, flags);
  const data = readExamples(network, flags, io);
  const show = progress(io.stderr, quiet);
  let rows: ValueRow[];
  try {
    const options = { scores: scores as ScoreName[], replacement, repetitions, seed, signal: io.signal };
    rows = await ablationRows(network, data, { ...options, onProgress: (share) => show.update(share, "ablation") });
  } finally {
    show.stop();
  }
  if (flags.figures !== undefined) {
    const { png, valueFigures } = await import("../report/index.ts");
    for (const { name, svg } of valueFigures("ablation", rows)) {
      io.storage.write(`${flags.figures}/${name}.svg`, svg);
      io.storage.write(`${flags.figures}/${name}.png`, png(svg));
    }
  }
  if (flags.json === true) io.stdout.write(jsonRows(valueColumns(rows), rows));
  else if (flags.csv === true) io.stdout.write(csv(valueColumns(rows), rows));
  else io.stdout.write(asTable(rows, repetitions));
}

function asTable(rows: readonly ValueRow[], repetitions: number): string {
  const right = (title: string) => ({ title, align: "right" }) as const;
  const left = (title: string) => ({ title, align: "left" }) as const;
  const value = (scope: string, measure: string, score: string, direction: string) =>
    rows.find(
      ({ measure: m, setting: s }) =>
        m === measure && s.scope === scope && s.score === score && s.direction === direction,
    );
  const scopes = [...new Set(rows.map(({ setting }) => setting.scope as string))];
  const scores = [...new Set(rows.map(({ setting }) => setting.score as string))].filter(
    (name) => name !== "" && name !== "random",
  );
  const lines = scopes.flatMap((scope) =>
    scores.map((score) => {
      const random = value(scope, "area", "random", "random")!;
      const count = (measure: string) => `${value(scope, measure, score, "descending")!.bits}`;
      return [
        scope,
        score,
        decimals(value(scope, "area", score, "ascending")!.bits),
        decimals(value(scope, "area", score, "descending")!.bits),
        `${decimals(random.bits)} ± ${random.standardError.toFixed(3)}`,
        count("sufficient"),
        count("necessary"),
        count("redundant"),
        `${value(scope, "inactive", "", "")!.bits} of ${value(scope, "units", "", "")!.bits}`,
      ];
    }),
  );
  const head = [
    left("scope"),
    left("score"),
    right("low first"),
    right("high first"),
    right("random"),
    right("suffice"),
    right("necessary"),
    right("redundant"),
    right("inactive"),
  ];
  const base = rows.find(({ measure, setting }) => measure === "testAccuracy" && setting.removed === 0)!.bits;
  return `${table(head, lines)}
Accuracy with all units: ${decimals(base)}. Low first, high first, random: mean accuracy over 21 equally spaced shares of removed units
(± over ${repetitions} random orders). Suffice: fewest units of the highest scores that keep accuracy within 0.01; necessary: fewest whose removal leaves chance.
Scores of different layers are ranked together for the network: compare with the layers (Simpson's paradox).
`;
}
