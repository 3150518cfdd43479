/** `causalscope measure FILE`: every layer of a network file, as a table or as JSON. */
import type { Command } from "commander";
import { causalPlane, type LayerMeasures } from "../causal/causal-plane.ts";
import { CausalscopeError, FormatError, InvalidInputError, StorageError } from "../errors.ts";
import { networkFromJson } from "../formats/json.ts";
import type { BinsSpec, OutsidePolicy, Range } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import { MEASURES, type MeasureName } from "../runs/table.ts";
import type { Io } from "./io.ts";
import { binsOption, outsideOption, positiveOption, rangeOption, wholeNumberOption } from "./options.ts";
import { progress } from "./progress.ts";
import { bits, percent, table } from "./table.ts";

interface MeasureFlags {
  readonly bins: BinsSpec;
  readonly inputRange?: Range;
  readonly seed: number;
  readonly tolerance?: number;
  readonly samples?: number;
  readonly outside: OutsidePolicy;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const TITLES: Readonly<Record<MeasureName, string>> = {
  ei: "EI",
  eiParts: "EI_parts",
  sensitivity: "sensitivity",
  degeneracy: "degeneracy",
  phi: "φ",
};

export function measureCommand(root: Command, io: Io, version: string): void {
  root
    .command("measure")
    .argument("<file>", "a network in Causalscope's JSON format; - reads standard input")
    .summary("measure every layer of a network file")
    .description("Measures every layer of a network file: EI, EI_parts, sensitivity, degeneracy and φ, in bits.")
    .option(
      "--bins <n>",
      "bins per neuron, or inputs,outputs (8,16)",
      (text) => binsOption(text, "--bins"),
      8 as BinsSpec,
    )
    .option("--input-range <low,high>", "range of the network's inputs; else the file's, else -10,10", (text) =>
      rangeOption(text, "--input-range"),
    )
    .option("--seed <n>", "seed of the noise", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .option("--tolerance <bits>", "standard error of EI at which sampling stops (default: 0.01)", (text) =>
      positiveOption(text, "--tolerance"),
    )
    .option("--samples <n>", "most samples per layer; without --tolerance, take all of them", (text) =>
      wholeNumberOption(text, "--samples", 1),
    )
    .option(
      "--outside <policy>",
      "outputs outside the output range: drop them, or clamp them into the end bins",
      (text) => outsideOption(text, "--outside"),
      "drop" as OutsidePolicy,
    )
    .option("--json", "print JSON")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope measure network.json --bins 16 --input-range -1,1
  $ causalscope measure - --json < network.json`,
    )
    .action((file: string, flags: MeasureFlags) => measure(file, flags, io, version));
}

async function measure(file: string, flags: MeasureFlags, io: Io, version: string): Promise<void> {
  const { bins, inputRange, seed, tolerance, samples, outside } = flags;
  const who = file === "-" ? "standard input" : file;
  const network = networkFromJson(await readText(file, who, io), who);
  const show = progress(io.stderr, flags.quiet === true || io.stderr.isTTY !== true);
  let layers: LayerMeasures[];
  try {
    layers = await causalPlane(network, {
      bins,
      inputRange,
      seed,
      tolerance,
      samples,
      outside,
      signal: io.signal,
      onProgress: (fraction) => show.update(fraction, who),
    });
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidInputError(`${who}: ${error.message}`, { cause: error });
    throw error;
  } finally {
    show.stop();
  }
  if (flags.json === true) {
    const provenance = {
      tool: "causalscope",
      version,
      file: who,
      bins: typeof bins === "number" ? { input: bins, output: bins } : bins,
      inputRange: layers[0]!.inputRange,
      seed,
      tolerance: tolerance ?? (samples === undefined ? 0.01 : null),
      samples: samples ?? null,
      outside,
    };
    io.stdout.write(`${jsonText({ layers, provenance })}\n`);
  } else io.stdout.write(tableText(layers));
}

async function readText(file: string, who: string, io: Io): Promise<string> {
  if (file !== "-") {
    const text = io.storage.readText(file);
    if (text === undefined) throw new StorageError({ who, expected: "a file", got: "none", remedy: "Check the path." });
    return text;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new FormatError({ who, expected: "text in UTF-8", got: "bytes that are none" }, { cause });
  }
}

/** JSON has no NaN: rather than a null that a program takes for a missing value, an error. */
function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (key, entry) => {
      if (typeof entry === "number" && !Number.isFinite(entry)) {
        throw new CausalscopeError({ who: `--json: ${key}`, expected: "a finite number", got: `${entry}` });
      }
      return entry;
    },
    2,
  );
}

function tableText(layers: readonly LayerMeasures[]): string {
  const columns = [
    { title: "layer", align: "left" },
    { title: "size", align: "left" },
    { title: "activation", align: "left" },
    { title: "inputs", align: "left" },
    { title: "outputs", align: "left" },
    ...MEASURES.map((measure) => ({ title: TITLES[measure], align: "right" }) as const),
    { title: "outside", align: "right" },
  ] as const;
  const rows = layers.map((layer) => [
    layer.name,
    `${layer.inputs} → ${layer.outputs}`,
    layer.activation,
    `[${layer.inputRange.join(", ")}]`,
    `[${layer.outputRange.join(", ")}]`,
    ...MEASURES.map((measure) => bits(layer[measure])),
    percent(layer.ei.outside),
  ]);
  return `${table(columns, rows)}\nIn bits; ± is the standard error, and values without it are exact.\n${warningLines(layers)}`;
}

function warningLines(layers: readonly LayerMeasures[]): string {
  const measuresOf = new Map<string, string[]>();
  for (const layer of layers) {
    for (const measure of MEASURES) {
      for (const warning of (layer[measure] satisfies Estimate).warnings) {
        const line = `${layer.name}: ${warning}`;
        measuresOf.set(line, [...(measuresOf.get(line) ?? []), TITLES[measure]]);
      }
    }
  }
  return [...measuresOf].map(([line, measures]) => `Warning: ${line} (${measures.join(", ")})\n`).join("");
}
