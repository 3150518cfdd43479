/** `causalscope measure FILE`: the layers of a network file, as tables, JSON or CSV. */
import type { Command } from "commander";
import { DEFAULT_TOLERANCE } from "../causal/options.ts";
import { InvalidInputError } from "../errors.ts";
import { type OutsidePolicy, validBins } from "../information/bins.ts";
import { createPool } from "../parallel/node.ts";
import { announceCost, defaultMemory } from "./cost.ts";
import type { Io } from "./io.ts";
import { csvText } from "./measure-csv.ts";
import { jsonOf } from "./measure-json.ts";
import { type Measured, measureAll } from "./measure-layers.ts";
import {
  DEFAULT_BINS,
  type MeasureFlags,
  requireCompatible,
  requireFeasible,
  requireGroups,
  subjects,
} from "./measure-request.ts";
import { tablesText } from "./measure-tables.ts";
import { readNetwork } from "./network-file.ts";
import {
  binsOption,
  groupsOption,
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

export function measureCommand(root: Command, io: Io, version: string): void {
  root
    .command("measure")
    .argument("<file>", "a network in Causalscope's JSON format; - reads standard input")
    .summary("measure every layer of a network file")
    .description("Measures every layer of a network file: EI, EI_parts, sensitivity, degeneracy and φ, in bits.")
    .option("--layers <list>", "only these layers, by name or position from 0 (hidden,2)")
    .option("--from <layer>", "several layers as one mechanism, from this one (default: the first) …")
    .option("--to <layer>", "… to this one (default: the last), by name or position from 0")
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
    .option(
      "--workers <n>",
      "worker threads; 0 for none (default: one for each core)",
      read(workersOption, "--workers"),
    )
    .option(
      "--memory <size>",
      "memory that measuring may take: 2GB, 500MB (default: half of what is free)",
      read(memoryOption, "--memory"),
    )
    .option("--force", "begin also what will take very long")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope measure network.json --bins 16 --input-range -1,1
  $ causalscope measure network.json --layers hidden --matrix
  $ causalscope measure network.json --from hidden --to output
  $ causalscope measure network.json --sweep 4,8,16,32 --csv > sweep.csv
  $ causalscope measure - --json < network.json`,
    )
    .action((file: string, flags: MeasureFlags) => measure(file, flags, io, version));
}

async function measure(file: string, flags: MeasureFlags, io: Io, version: string): Promise<void> {
  requireCompatible(flags);
  const { who, network } = await readNetwork(file, io);
  const { sweep, groups, method, rest = 0, seed, tolerance, samples, outside } = flags;
  const bins = validBins(flags.bins ?? sweep?.[0] ?? DEFAULT_BINS, "--bins");
  let found: readonly Measured[] = [];
  let stopped: unknown;
  const asked = subjects(network, flags);
  for (const { mechanism } of asked) {
    if (groups !== undefined) requireGroups(groups, mechanism);
    if (flags.force !== true) requireFeasible(mechanism, sweep ?? [bins]);
  }
  const pool = createPool({ workers: flags.workers });
  const memory = flags.memory ?? defaultMemory();
  const show = progress(io.stderr, flags.quiet === true || io.stderr.isTTY !== true);
  try {
    if (flags.quiet !== true) {
      const each = (sweep ?? [bins]).map((count) => ({ bins: count, method, tolerance, samples, outside, pool }));
      await announceCost(
        asked.map(({ mechanism }) => mechanism),
        each,
        io.stderr,
      );
    }
    await measureAll(
      asked,
      { bins, method, rest, seed, tolerance, samples, outside, signal: io.signal, pool, memory, force: flags.force },
      { sweep, groups, matrix: flags.matrix === true },
      {
        onProgress: show.update,
        onSoFar: (soFar) => {
          found = soFar;
        },
      },
    );
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidInputError(`${who}: ${error.message}`, { cause: error });
    if (!(io.signal.aborted && error === io.signal.reason)) throw error;
    stopped = error;
  } finally {
    show.stop();
    await pool.close();
  }
  // Where it was cancelled: what is known so far, if anything.
  if (found.length > 0) {
    if (flags.csv === true) io.stdout.write(csvText(found));
    else if (flags.json === true) io.stdout.write(jsonOf(found, { who, version, bins, flags }));
    else io.stdout.write(tablesText(found, asked));
  }
  if (stopped !== undefined) throw stopped;
}
