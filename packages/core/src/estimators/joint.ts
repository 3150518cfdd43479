/**
 * The sampling engine: I(X̂; Ŷ) of whole layers or groups of their units, by the method asked for or, for `"auto"`, the one that
 * the mechanism allows: exact where nothing needs sampling, the conditional estimator for dense layers and for black boxes. The methods that
 * a network of dense layers does not need are loaded when they are: a page that measures one is a third lighter without them.
 */
import { check } from "../checks/check.ts";
import { log2 } from "../information/elementary.ts";
import { type Estimate, estimate, sumOfEstimates, unknownWithin } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import { type DenseMechanism, isDense, type Mechanism } from "../model/mechanism.ts";
import { components, select } from "../model/parts-of.ts";
import type { NoiseSpec } from "../settings/noise-spec.ts";
import { conditional } from "./counting/conditional.ts";
import { ALL_INPUTS, outputCuts, type SamplingOptions } from "./engine.ts";
import { exactEngine } from "./exact/exact-engine.ts";
import { binProbabilities, outputLaws } from "./exact/marginals.ts";
import { NOTHING_INSIDE, outsideWarnings, tidyShare } from "./exact/outside.ts";

/** Cells of the inputs that are few enough for the plug-in to see each of them often. */
const FEW_CELLS = 1 << 12;

export interface JointOptions {
  readonly noise?: NoiseSpec;
  /** Plug-in only: double until the change is below this, in bits. */
  readonly threshold?: number;
}

/** I(X̂; Ŷ), every input being divided into the input bins. */
export async function joint(mechanism: Mechanism, options: SamplingOptions & JointOptions): Promise<Estimate> {
  return jointOf(mechanism, new Float64Array(mechanism.inputs).fill(options.bins.input), options);
}

/** The same with `parts[i]` bins on input i, 1 for an input that is noise and not looked at. */
export async function jointOf(
  mechanism: Mechanism,
  parts: Float64Array,
  options: SamplingOptions & JointOptions,
): Promise<Estimate> {
  options.signal?.throwIfAborted();
  const uniform = options.noise === undefined || options.noise.kind === "uniform";
  if (options.method === "plug-in" || !uniform) return plugIn(mechanism, parts, options);
  if (!isDense(mechanism)) {
    check(options.method !== "likelihood", () => ({
      who: mechanism.name,
      expected: 'a dense layer for method "likelihood"',
      got: `a mechanism known only by its values (${mechanism.activation})`,
      remedy: 'Use "auto", which counts its output states.',
    }));
    const { conditionalOfBlackBox } = await import("./plug-in/black-box.ts");
    return conditionalOfBlackBox(mechanism, parts, options);
  }
  if (options.method === "conditional" || options.method === "likelihood")
    return conditional(mechanism, parts, options);
  const blocks = components(mechanism);
  if (
    blocks.length === 1 &&
    blocks[0]!.inputs.length === mechanism.inputs &&
    blocks[0]!.outputs.length === mechanism.outputs
  ) {
    return ofBlock(mechanism, parts, options);
  }
  return ofBlocks(mechanism, blocks, parts, options);
}

async function plugIn(
  mechanism: Mechanism,
  parts: Float64Array,
  options: SamplingOptions & JointOptions,
): Promise<Estimate> {
  const { noiseSource } = await import("./noise.ts");
  const source = noiseSource(mechanism, options.noise, options.seed);
  const { threshold } = options;
  if (threshold === undefined) {
    const { plugInJoint } = await import("./plug-in/plug-in.ts");
    return plugInJoint(mechanism, parts, options, source);
  }
  const { doublingJoint } = await import("./counting/doubling.ts");
  return doublingJoint(mechanism, parts, { ...options, threshold }, source);
}

async function ofBlock(mechanism: DenseMechanism, parts: Float64Array, options: SamplingOptions): Promise<Estimate> {
  if (parts.every((count) => count === 1)) return ofUnseen(mechanism, options);
  if (mechanism.inputs === 1 && mechanism.outputs === 1 && parts[0] === options.bins.input)
    return orUnknown(await edge(mechanism, options), mechanism, parts, options);
  if (mechanism.inputs === 1 || mechanism.outputs === 1) {
    const { exactJoint } = await import("./exact/exact-joint.ts");
    const exact = exactJoint(mechanism, parts, options);
    if (exact !== undefined) return orUnknown(exact, mechanism, parts, options);
  }
  const found = await conditional(mechanism, parts, options);
  // Few cells with many states each, as where most inputs are free noise: there the joint states themselves can be counted.
  const cells = parts.reduce((product, count) => product * count, 1);
  if (
    cells > FEW_CELLS ||
    options.shift !== undefined ||
    options.look !== undefined ||
    options.tolerance === 0 ||
    found.standardError <= 2 * options.tolerance
  )
    return found;
  const [{ plugInJoint }, { noiseSource }] = await Promise.all([import("./plug-in/plug-in.ts"), import("./noise.ts")]);
  const counted = await plugInJoint(mechanism, parts, options, noiseSource(mechanism, undefined, options.seed));
  return counted.standardError < found.standardError ? counted : found;
}

/** Units that nothing links add their EI: each block gets its share of the tolerance and of the samples. */
async function ofBlocks(
  mechanism: DenseMechanism,
  blocks: readonly { inputs: number[]; outputs: number[] }[],
  parts: Float64Array,
  options: SamplingOptions,
): Promise<Estimate> {
  const found: Estimate[] = [];
  // Blocks that turn out to be exact leave their share unused.
  const share = {
    tolerance: options.tolerance / Math.sqrt(Math.max(1, blocks.length)),
    samples: Math.max(1, Math.floor(options.samples / Math.max(1, blocks.length))),
  };
  for (const [index, block] of blocks.entries()) {
    const part = select(mechanism, block.inputs, block.outputs);
    const partOptions = {
      ...options,
      ...share,
      seed: derivedSeed(options.seed, index),
      onProgress: (fraction: number) => options.onProgress?.((index + fraction) / blocks.length),
      // The layer has a value as soon as its last block has one.
      onPartial:
        index + 1 < blocks.length
          ? undefined
          : (partial: Estimate) => options.onPartial?.(sumOfEstimates([...found, partial])),
    };
    found.push(
      await ofBlock(
        part,
        Float64Array.from(block.inputs, (i) => parts[i]!),
        partOptions,
      ),
    );
  }
  const linked = new Set(blocks.flatMap(({ outputs }) => outputs));
  const constant = Array.from({ length: mechanism.outputs }, (_, j) => j).filter((j) => !linked.has(j));
  if (constant.length > 0) found.push(await ofConstants(mechanism, constant, options));
  const all = sumOfEstimates(found);
  // With one unit always outside, no joint state is ever inside.
  const outside = found.reduce((most, part) => Math.max(most, part.outside), 0);
  return outside < 1 ? all : orUnknown({ ...all, outside }, mechanism, parts, options);
}

/** Where values outside are left out and all are outside, nothing is known but what the bins allow. */
function orUnknown(
  found: Estimate,
  { outputs }: Mechanism,
  parts: Float64Array,
  { bins, outside: policy }: SamplingOptions,
): Estimate {
  const { samples, method, outside } = found;
  if (policy === "clamp" || outside < 1) return found;
  const inputBits = parts.reduce((bits, count) => bits + log2(count), 0);
  const most = Math.min(inputBits, outputs * log2(bins.output));
  const warnings = [...new Set([...found.warnings, NOTHING_INSIDE])];
  return unknownWithin([0, most], { samples, method, outside, warnings });
}

/** Outputs that no input reaches carry nothing, but may lie outside the output range. */
async function ofConstants(
  mechanism: DenseMechanism,
  outputs: readonly number[],
  options: SamplingOptions,
): Promise<Estimate> {
  const constants = select(mechanism, [0], outputs);
  const matrix = await exactEngine.pairwise(constants, ALL_INPUTS, { ...options, onProgress: undefined });
  const outside = matrix.outside.some((share) => share === 1) ? 1 : 0;
  return estimate({ bits: 0, standardError: 0, samples: 0, method: "exact", outside, warnings: matrix.warnings });
}

/** Where no input is looked at, nothing is told. */
function ofUnseen(mechanism: DenseMechanism, options: SamplingOptions): Estimate {
  const cuts = outputCuts(mechanism, options);
  const outside = binProbabilities(outputLaws(mechanism), cuts, new Float64Array(mechanism.outputs * cuts.count));
  const most = outside.reduce((a, b) => Math.max(a, b), 0);
  return estimate({
    bits: 0,
    standardError: 0,
    samples: 0,
    method: "exact",
    outside: tidyShare(most),
    warnings: outsideWarnings(outside, options),
  });
}

/** One input, one output: EI is the pair's information. */
async function edge(mechanism: DenseMechanism, options: SamplingOptions): Promise<Estimate> {
  const matrix = await exactEngine.pairwise(mechanism, ALL_INPUTS, { ...options, onProgress: undefined });
  return estimate({
    bits: matrix.bits[0]!,
    standardError: 0,
    samples: 0,
    method: "exact",
    outside: matrix.outside[0]!,
    warnings: matrix.warnings,
  });
}
