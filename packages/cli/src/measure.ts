/** `causalscope measure MODEL…`: the layers of model files, as tables, JSON, CSV, and a report. */

import { CausalscopeError, InvalidInputError } from "@causalscope/core/errors";
import type { OutsidePolicy } from "@causalscope/core/measures";
import { DEFAULT_TOLERANCE, MEASURES } from "@causalscope/core/measures";
import type { WorkerPool } from "@causalscope/core/workers";
import { createPool } from "@causalscope/core/workers";
import { orderCheckpoints } from "@causalscope/runs";
import { type Command, Option } from "commander";
import type { Io } from "./io.ts";
import { csvText } from "./measure-csv.ts";
import { type MeasuredFile, measureFile } from "./measure-files.ts";
import { binsOf, type MeasureFlags, quantilesOption, rangeFlag, requireCompatible } from "./measure-flags.ts";
import { jsonOf } from "./measure-json.ts";
import { requireReportFolder, writeModelReport } from "./measure-report.ts";
import { tablesText } from "./measure-tables.ts";
import { modelOptions, type NamedModel, readModel } from "./model-file.ts";
import {
  binsOption,
  groupsOption,
  measuresOption,
  memoryOption,
  methodOption,
  outsideOption,
  positiveOption,
  rangeOption,
  restOption,
  sweepOption,
  wholeNumberOption,
  workersOption,
} from "./options.ts";
import { progress } from "./progress.ts";

/** An option whose text is read by a function that is told the option's name. */
const read =
  <T, More extends unknown[]>(parse: (text: string, who: string, ...more: More) => T, who: string, ...more: More) =>
  (text: string): T =>
    parse(text, who, ...more);

export function measureCommand(command: Command, io: Io, version: string): void {
  command
    .argument(
      "<model...>",
      "ONNX, safetensors, TensorFlow.js (model.json) or Causalscope's JSON; - reads standard input",
    )
    .description(
      "Measures every layer of a model file: EI, EI_parts, sensitivity, degeneracy and φ, in bits. Several files are checkpoints of one model.",
    )
    .option("--measures <list>", "only these: ei, eiParts, sensitivity, degeneracy, phi", measuresOption)
    .option("--layers <list>", "only these layers, by name or position from 0 (hidden,2)")
    .option("--from <layer>", "several layers as one mechanism, from this one (default: the first) …")
    .option(
      "--to <layer>",
      "… to this one (default: the last), by name or position from 0; of an ONNX file, both may be tensors",
    )
    .option("--bins <n>", "bins per neuron, or inputs,outputs (8,16) (default: 8)", read(binsOption, "--bins"))
    .option("--sweep <list>", "all measures at several numbers of bins (4,8,16,32)", read(sweepOption, "--sweep"))
    .option(
      "--input-range <low,high>",
      "range of the network's inputs, with --from of that layer's; else the file's, else -10,10",
      read(rangeOption, "--input-range"),
    )
    .option(
      "--output-range <low,high>",
      "range of every measured layer's outputs (default: by activation)",
      read(rangeOption, "--output-range"),
    )
    .option(
      "--range <range>",
      "range of all layers' values (0,6) or of one's (fc1=0,6); data: as observed on --data; auto: what fits activations without bounds; may be repeated",
      rangeFlag,
    )
    .option("--data <file>", "inputs of the network, a row each: CSV, npy, npz or IDX, for --range data")
    .option("--quantiles <low,high>", "with --range data: these quantiles, not the ends (0.001,0.999)", quantilesOption)
    .option(
      "--outside <policy>",
      "outputs outside the output range: drop them, or clamp them into the end bins",
      read(outsideOption, "--outside"),
      "drop" as OutsidePolicy,
    )
    .option(
      "--method <name>",
      "how EI is found: conditional (by counting), likelihood (wide layers), plug-in (the published estimator), or auto",
      read(methodOption, "--method"),
      "auto",
    )
    .option(
      "--rest <value>",
      "where sensitivity holds the other inputs: zero, middle (of their range) or a number (default: zero)",
      read(restOption, "--rest"),
    )
    .addOption(
      new Option("--offset <where>", "where the output bins begin: fixed, or averaged over all places")
        .choices(["fixed", "averaged"])
        .default("fixed"),
    )
    .option("--seed <n>", "seed of the noise", read(wholeNumberOption, "--seed", 0), 0)
    .option(
      "--tolerance <bits>",
      `standard error at which sampling stops (default: ${DEFAULT_TOLERANCE})`,
      read(positiveOption, "--tolerance"),
    )
    .option(
      "--samples <n>",
      "most samples for each sampled value; without --tolerance, take all of them",
      read(wholeNumberOption, "--samples", 1),
    )
    .option("--matrix", "also every pair of an input and an output: the terms of EI_parts and sensitivity")
    .option(
      "--groups <pairs>",
      "also EI between groups of units, inputs>outputs by position: '0,1>2;0>0,1'",
      read(groupsOption, "--groups"),
    )
    .option("--json", "print JSON")
    .option("--csv", "print CSV, a row per layer and measure")
    .option("--report <folder>", "also write a report there: a page, figures, and the values as CSV and Parquet")
    .option(
      "--workers <n>",
      "worker threads; 0 for none (default: one for each core)",
      read(workersOption, "--workers"),
    )
    .option(
      "--memory <size>",
      "memory that measuring a layer may take: 2GB, 500MB (default: 1GB)",
      read(memoryOption, "--memory"),
    )
    .option("--force", "begin also what will take very long")
    .option("--quiet", "show no progress");
  modelOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope measure model.onnx
  $ causalscope measure ckpt-*.onnx --report checkpoints
  $ causalscope measure model.onnx --range data --data images.npy
  $ causalscope measure weights.safetensors --activation relu,relu,identity
  $ causalscope measure network.json --bins 16 --input-range -1,1
  $ causalscope measure network.json --layers hidden --matrix
  $ causalscope measure network.json --from hidden --to output
  $ causalscope measure network.json --sweep 4,8,16,32 --csv > sweep.csv
  $ causalscope measure - --json < network.json`,
    )
    .action((files: readonly string[], flags: MeasureFlags) => measure(files, flags, io, version));
}

async function measure(files: readonly string[], flags: MeasureFlags, io: Io, version: string): Promise<void> {
  requireCompatible(flags);
  if (flags.report !== undefined) requireReportFolder(flags.report, io);
  const bins = binsOf(flags);
  const found = new Map<string, MeasuredFile>();
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
          found.set(file, soFar);
        },
      };
      found.set(file, await measured(named, flags, io, watch));
    }
  } catch (error) {
    stopped = { error };
  } finally {
    show.stop();
    await pool?.close();
  }
  // Where it was cancelled, or something went wrong: what is known so far, if anything.
  const known = [...found.values()].filter(({ found }) =>
    found.some((layer) => MEASURES.some((measure) => layer[measure] !== undefined)),
  );
  if (known.length > 0) {
    if (flags.csv === true) io.stdout.write(csvText(known));
    else if (flags.json === true) io.stdout.write(jsonOf(known, { version, bins, flags }));
    else io.stdout.write(tablesText(known));
    if (flags.report !== undefined) await writeModelReport(flags.report, known, { version, bins, flags }, io);
  }
  if (stopped !== undefined) throw stopped.error;
  const failed = known.flatMap(({ unmeasured }) => unmeasured.filter((each) => each.failed));
  if (failed.length > 0) {
    const { name, reason } = failed[0]!;
    throw new CausalscopeError(
      `measure: ${failed.length === 1 ? "1 layer" : `${failed.length} layers`} failed: ${name}: ${reason}`,
    );
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
