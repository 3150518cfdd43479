/** Options that say where labelled examples are: those of `neurons` and `ablate`. */

import { missingPolicies } from "@causalscope/core/internal";
import type { Command } from "commander";
import { choiceOption } from "./choices.ts";
import { positiveOption } from "./flag-values.ts";
import { modelOptions } from "./model-file.ts";

export function exampleOptions(command: Command): Command {
  command
    .optionsGroup("Data:")
    .requiredOption(
      "--data <file>",
      "examples, one per row (required): CSV, .npy, .npz (FILE.npz:x for one of its arrays) or IDX",
    )
    .option(
      "--labels <file>",
      "their labels, numbers or words (default: the last column of --data, or y of an .npz file)",
    )
    .option("--test-data <file>", "other examples, on which results are measured (default: the same)")
    .option("--test-labels <file>", "labels of --test-data")
    .addOption(
      choiceOption(
        "--missing <policy>",
        "rows with missing values: refuse them, or drop-rows (default: refuse)",
        missingPolicies,
      ),
    )
    .option("--divide <number>", "divide all inputs by this number: 255 for bytes", (text) =>
      positiveOption(text, "--divide"),
    );
  return modelOptions(command);
}
