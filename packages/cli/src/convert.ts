/** `causalscope convert MODEL --to FILE`: any model as Causalscope's JSON, or as safetensors. */
import { extname } from "node:path";
import type { Model } from "@causalscope/core";
import { InvalidInputError, RunConflictError } from "@causalscope/core/errors";
import { parametersOf } from "@causalscope/core/internal";
import { modelToJson, modelToSafetensors } from "@causalscope/core/models";
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { exists, type ModelFlags, readModel } from "./model-file.ts";
import { activationOption, layoutOption } from "./options.ts";

interface ConvertFlags extends ModelFlags {
  readonly to: string;
  readonly force?: boolean;
}

export function convertCommand(command: Command, io: Io): void {
  command
    .argument("<model>", "a model file; - reads JSON from standard input")
    .description(
      "Writes a model as Causalscope's JSON (layers in a row as version 1, any other network as version 2) or as safetensors.",
    )
    .requiredOption("--to <file>", "where to write: FILE.json or FILE.safetensors")
    .option(
      "--activation <names>",
      "of a safetensors file: one for all layers but the last, or one per layer with commas between",
      (text) => activationOption(text, "--activation"),
    )
    .option("--layout <order>", "of a safetensors file: out,in or in,out, how dense weights are stored", (text) =>
      layoutOption(text, "--layout"),
    )
    .option("--sidecar <file>", "of a safetensors file: JSON that says what its names do not")
    .option("--force", "replace a file that is there")
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope convert model.safetensors --to model.json --activation relu
  $ causalscope convert network.json --to network.safetensors`,
    )
    .action(async (model: string, { to, force, activation, layout, sidecar }: ConvertFlags) => {
      const write = writerFor(to);
      if (force !== true && exists(to, io)) {
        throw new RunConflictError({
          who: to,
          expected: "no file there",
          got: "one",
          remedy: "Choose another name, or replace it with --force.",
        });
      }
      const { model: found } = await readModel(model, io, { activation, layout, sidecar });
      io.storage.write(to, write(found));
      const parameters = found.nodes.reduce((sum, { operation }) => sum + parametersOf(operation), 0);
      io.stdout.write(`${to}: ${found.nodes.length} operations, ${parameters} parameters\n`);
    });
}

function writerFor(file: string): (model: Model) => string | Uint8Array {
  const extension = extname(file).toLowerCase();
  if (extension === ".json") return modelToJson;
  if (extension === ".safetensors") return modelToSafetensors;
  throw new InvalidInputError({
    who: "--to",
    expected: "a file that ends in .json or .safetensors",
    got: JSON.stringify(file),
  });
}
