/** `causalscope convert MODEL --to FILE`: any model as Causalscope's JSON, or as safetensors. */
import { extname } from "node:path";
import type { Model } from "@causalscope/core";
import { InvalidInputError, RunConflictError } from "@causalscope/core/errors";
import { parametersOf } from "@causalscope/core/internal";
import { modelToJson, modelToSafetensors } from "@causalscope/core/models";
import type { Command } from "commander";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { exists, MODEL_ARGUMENT, type ModelFlags, modelOptions, readModel } from "./model-file.ts";

interface ConvertFlags extends ModelFlags {
  readonly to: string;
  readonly force?: boolean;
}

export function convertCommand(command: Command, io: Io): void {
  command
    .argument("<model>", MODEL_ARGUMENT)
    .description(
      "Writes a model as Causalscope's JSON (a sequence of dense layers as version 1, any other network as version 2) or as safetensors.",
    )
    .requiredOption("--to <file>", "file to write (required): FILE.json or FILE.safetensors")
    .option("--force", "replace an existing file");
  modelOptions(command).action((file: string, flags: ConvertFlags) => convert(file, flags, io));
  addExamples(command, io, [
    ["causalscope convert model.safetensors --to model.json --activation relu"],
    ["causalscope convert network.json --to network.safetensors"],
  ]);
}

async function convert(file: string, { to, force, ...flags }: ConvertFlags, io: Io): Promise<void> {
  const write = writerFor(to);
  if (force !== true && exists(to, io)) {
    throw new RunConflictError({
      who: to,
      expected: "no file there",
      got: "one",
      remedy: "Choose another name, or replace it with --force.",
    });
  }
  const { model } = await readModel(file, io, flags);
  io.storage.write(to, write(model));
  const parameters = model.nodes.reduce((sum, { operation }) => sum + parametersOf(operation), 0);
  print(io.stdout, `${to}: ${model.nodes.length} operations, ${parameters.toLocaleString("en")} parameters\n`);
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
