/** `causalscope measure MODEL…`: the layers of model files, as tables, JSON, CSV or NDJSON, and as a report. */

import { counted } from "@causalscope/core/basics";
import { CausalscopeError, InvalidInputError } from "@causalscope/core/errors";
import type { JointMethod, Offset, OutsidePolicy } from "@causalscope/core/measures";
import { DEFAULT_TOLERANCE, MEASURES } from "@causalscope/core/measures";
import type { WorkerPool } from "@causalscope/core/workers";
import { createPool } from "@causalscope/core/workers";
import { orderCheckpoints } from "@causalscope/runs";
import type { Command, Option } from "commander";
import { choiceOption, choicesOption } from "./choices.ts";
import {
  binsOption,
  groupsOption,
  measuresOption,
  memoryOption,
  positiveOption,
  rangeOption,
  restOption,
  sweepOption,
  wholeNumberOption,
  workersOption,
} from "./flag-values.ts";
import { type Format, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples, type Example } from "./help.ts";
import type { Io } from "./io.ts";
import { measuredColumns, measuredRows } from "./measure-csv.ts";
import { type MeasuredFile, measureFile } from "./measure-files.ts";
import { binsOf, type MeasureFlags, quantilesOption, rangeFlag, requireCompatible } from "./measure-flags.ts";
import { jsonOf } from "./measure-json.ts";
import { TABLE, writeModelReport } from "./measure-report.ts";
import { fileBlocks } from "./measure-tables.ts";
import { MODEL_ARGUMENT, modelOptions, type NamedModel, readModel } from "./model-file.ts";
import { openFile } from "./open.ts";
import { progress } from "./progress.ts";
import { PAGE, requireResultFolder } from "./result-folder.ts";

/** An option whose text is read by a function that is told the option's name. */
const read =
  <T, More extends unknown[]>(parse: (text: string, who: string, ...more: More) => T, who: string, ...more: More) =>
  (text: string): T =>
    parse(text, who, ...more);

export function measureCommand(command: Command, io: Io, version: string): void {
  command
    .argument("<model...>", MODEL_ARGUMENT)
    .description(
      "Measures every layer of a model: EI, EI_parts, sensitivity, degeneracy and φ, in bits. Several files are checkpoints of one model.",
    )
    .optionsGroup("What to measure:")
    .addOption(measuresChoice())
    .option("--layers <list>", "only these layers, by name or position from 0: hidden,2")
    .option("--from <layer>", "measure several layers as one: from this layer (default: the first) …")
    .option("--to <layer>", "… to this layer (default: the last). In an ONNX file, both may be names of tensors")
    .option("--matrix", "also every input-output pair: the terms of EI_parts and sensitivity")
    .option(
      "--groups <pairs>",
      "also EI between groups of units, inputs>outputs by position: '0,1>2;0>0,1'",
      read(groupsOption, "--groups"),
    )
    .optionsGroup("Bins and ranges:")
    .option("--bins <n>", "bins per neuron, or inputs,outputs: 8,16 (default: 8)", read(binsOption, "--bins"))
    .option("--sweep <list>", "measure at several numbers of bins: 4,8,16,32", read(sweepOption, "--sweep"))
    .option(
      "--input-range <low,high>",
      "range of the model's inputs, or with --from of that layer's (default: the file's, else -10,10)",
      read(rangeOption, "--input-range"),
    )
    .option(
      "--output-range <low,high>",
      "range of the outputs of every measured layer (default: by activation)",
      read(rangeOption, "--output-range"),
    )
    .option(
      "--range <range>",
      "range of the values of all layers (0,6) or of one (fc1=0,6); data: as observed on --data; auto: fitted to activations without bounds. May be repeated",
      rangeFlag,
    )
    .option("--data <file>", "inputs of the model for --range data, one per row: CSV, .npy, .npz or IDX")
    .option(
      "--quantiles <low,high>",
      "with --range data: use these quantiles instead of the minimum and maximum: 0.001,0.999",
      quantilesOption,
    )
    .addOption(
      choiceOption(
        "--outside <policy>",
        "outputs outside the output range: drop them, or clamp them to the end bins",
        OUTSIDE_POLICIES,
        "drop",
      ),
    )
    .addOption(
      choiceOption(
        "--offset <where>",
        "where the first output bin starts: fixed at the end of the range, or averaged over all offsets",
        OFFSETS,
        "fixed",
      ),
    )
    .optionsGroup("Estimation:")
    .addOption(
      choiceOption(
        "--method <name>",
        "how EI is estimated: conditional (by counting), likelihood (for wide layers), plug-in (the published estimator) or auto",
        METHODS,
        "auto",
      ),
    )
    .option(
      "--rest <value>",
      "value of the other inputs for sensitivity: zero, middle (of their range) or a number (default: zero)",
      read(restOption, "--rest"),
    )
    .option("--seed <n>", "seed of the noise", read(wholeNumberOption, "--seed", 0), 0)
    .option(
      "--tolerance <bits>",
      `standard error at which sampling stops (default: ${DEFAULT_TOLERANCE})`,
      read(positiveOption, "--tolerance"),
    )
    .option(
      "--samples <n>",
      "maximum number of samples per value; without --tolerance, all of them are drawn",
      read(wholeNumberOption, "--samples", 1),
    )
    .option("--workers <n>", "worker threads, 0 for none (default: one per core)", read(workersOption, "--workers"))
    .option("--memory <size>", "memory limit per layer: 2GB, 500MB (default: 1GB)", read(memoryOption, "--memory"))
    .option("--force", "run anyway, even if it may take hours")
    .optionsGroup("Output:");
  formatOptions(command, "a row for each layer and measure")
    .option("--out <folder>", "also write a report: a page, figures, and the values as CSV and Parquet")
    .option("--report <folder>", "same as --out")
    .option("--open", "open the page of the report")
    .option("--quiet", "print no progress");
  modelOptions(command).action((files: readonly string[], flags: MeasureFlags) =>
    measure(files, flags, formatOf(command), io, version),
  );
  addExamples(command, io, EXAMPLES);
}

const EXAMPLES: readonly Example[] = [
  ["causalscope measure model.onnx"],
  ["causalscope measure ckpt-*.onnx --out checkpoints --open"],
  ["causalscope measure model.onnx --range data --data images.npy"],
  ["causalscope measure weights.safetensors --activation relu,relu,identity"],
  ["causalscope measure network.json --bins 16 --input-range -1,1"],
  ["causalscope measure network.json --layers hidden --matrix"],
  ["causalscope measure network.json --from hidden --to output"],
  ["causalscope measure network.json --sweep 4,8,16,32 --format csv > sweep.csv"],
  ["causalscope measure - --format json < network.json"],
];

const METHODS: readonly JointMethod[] = ["auto", "conditional", "likelihood", "plug-in"];
const OUTSIDE_POLICIES: readonly OutsidePolicy[] = ["drop", "clamp"];
const OFFSETS: readonly Offset[] = ["fixed", "averaged"];

function measuresChoice(): Option {
  return choicesOption("--measures <list>", `only these: ${MEASURES.join(", ")}`, MEASURES).argParser(measuresOption);
}

async function measure(
  files: readonly string[],
  flags: MeasureFlags,
  format: Format,
  io: Io,
  version: string,
): Promise<void> {
  requireCompatible(flags);
  const folder = flags.out ?? flags.report;
  if (folder !== undefined) {
    requireResultFolder(folder, flags.out === undefined ? "--report" : "--out", [TABLE], io);
  }
  const bins = binsOf(flags);
  const results = new Map<string, MeasuredFile>();
  let stopped: { readonly error: unknown } | undefined;
  let pool: WorkerPool | undefined;
  const show = progress(io.stderr, flags.quiet === true || io.stderr.isTTY !== true);
  try {
    for (const [at, file] of (files.length > 1 ? orderCheckpoints(files) : files).entries()) {
      const named = await readModel(file, io, flags);
      pool ??= createPool({ workers: flags.workers });
      const before = files.length > 1 ? `${file}: ` : "";
      const watch = {
        pool,
        onProgress: (fraction: number, name: string) => show.update((at + fraction) / files.length, before + name),
        onPartial: (soFar: MeasuredFile) => {
          results.set(file, soFar);
        },
      };
      results.set(file, await measured(named, flags, io, watch));
    }
  } catch (error) {
    stopped = { error };
  } finally {
    show.stop();
    await pool?.close();
  }
  // Where it was cancelled, or something went wrong: what is known so far, if anything.
  const known = [...results.values()].filter(({ layers }) =>
    layers.some((layer) => MEASURES.some((measure) => layer[measure] !== undefined)),
  );
  if (known.length > 0) {
    printResult(io, format, {
      table: () => fileBlocks(known),
      json: () => jsonOf(known, { version, bins, flags }),
      columns: measuredColumns,
      rows: () => measuredRows(known),
    });
    if (folder !== undefined) {
      await writeModelReport(folder, known, { version, bins, flags }, io);
      if (flags.open === true && stopped === undefined) await openFile(`${folder}/${PAGE}`, io);
    }
  }
  if (stopped !== undefined) throw stopped.error;
  const failed = known.flatMap(({ notMeasured }) => notMeasured.filter((each) => each.failed));
  if (failed.length > 0) {
    const { name, reason } = failed[0]!;
    throw new CausalscopeError(`measure: ${counted(failed.length, "layer")} failed: ${name}: ${reason}`);
  }
}

async function measured(
  named: NamedModel,
  flags: MeasureFlags,
  io: Io,
  watch: Parameters<typeof measureFile>[3],
): Promise<MeasuredFile> {
  try {
    return await measureFile(named, flags, io, watch);
  } catch (error) {
    const { who } = named;
    if (!(error instanceof InvalidInputError) || error.message.startsWith(who)) throw error;
    throw new InvalidInputError(`${who}: ${error.message}`, { cause: error });
  }
}
