/** `measure()` at growing effort: rough values at once, and better ones while one waits. */

import { parse } from "../checks/schema/parse.ts";
import { greatest } from "../information/extremes.ts";
import type { Mechanism } from "../model/mechanism.ts";
import type { Model } from "../model/model.ts";
import { integration } from "./integration.ts";
import {
  type Measurements,
  type MeasureSettings,
  type MeasureWork,
  measure,
  measureSettings,
  provenanceLike,
} from "./measure.ts";
import { overlapOf } from "./measure-layer.ts";
import { MEASURES } from "./measure-names.ts";
import { DEFAULT_TOLERANCE } from "./measure-options.ts";
import type { MeasuredLayer } from "./measured-layers.ts";

/** The standard error of the first step, in bits. */
const ROUGH = 0.2;
/** Steps nearer to the target than this take too much of its time: effort grows with the square. */
const LEAST_GAIN = 2;

/**
 * All causal measures, as `measure()` gives them, at growing effort: to a standard error of EI of 0.2 bit, then half as much again and again, but only
 * where that is an improvement, and in the end to the target. The last value is that of one call of `measure()` with these settings, byte for byte;
 * those before it are of calls with the same seeds and larger tolerances. All together draw at most about twice the samples of the last.
 *
 * @param settings of `measure()`. With `samples` and no `tolerance`, steps are a sixteenth and a quarter of the samples.
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const errors: number[] = [];
 * for await (const { layers } of measureSteps(layer, { bins: 64, tolerance: 0.004, measures: ["ei"] }))
 *   errors.push(layers[0]!.ei!.standardError);
 * console.log(errors[0]! < 0.2, errors.at(-1)! < 0.004); // true true
 * ```
 * @throws as `measure()`.
 */
export async function* measureSteps(
  subject: Model | Mechanism,
  settings: MeasureSettings = {},
  work: MeasureWork = {},
): AsyncGenerator<Measurements, void> {
  let first: Measurements | undefined;
  for (let rough = firstOf(settings); rough !== undefined; ) {
    const asked = { ...settings, ...rough };
    // What is exact is found once.
    const found =
      first === undefined || !isExactButEi(first)
        ? await measure(subject, asked, work)
        : withEi(first, await measure(subject, onlyEi(asked), work), asked);
    first ??= found;
    yield found;
    rough = nextOf(settings, rough, greatestError(found));
  }
  yield await measure(subject, settings, work);
}

type Effort = { readonly tolerance: number } | { readonly samples: number };

function firstOf(settings: MeasureSettings): Effort | undefined {
  const { tolerance, samples } = parse(measureSettings, settings, (name) => `measureSteps(): ${name || "settings"}`);
  if (tolerance === undefined && samples !== undefined) return samplesOf(samples / 16);
  return (tolerance ?? DEFAULT_TOLERANCE) * LEAST_GAIN <= ROUGH ? { tolerance: ROUGH } : undefined;
}

/** The next effort that is worth its time; undefined where only the target is left. */
function nextOf({ tolerance, samples = 0 }: MeasureSettings, before: Effort, error: number): Effort | undefined {
  if ("samples" in before) return before.samples < Math.floor(samples / 4) ? samplesOf(samples / 4) : undefined;
  const target = tolerance ?? DEFAULT_TOLERANCE;
  let next = before.tolerance / 2;
  while (next >= error && next > target) next /= 2;
  return error > target && next >= LEAST_GAIN * target ? { tolerance: next } : undefined;
}

/** Fewer than this are too few to say anything. */
const LEAST_SAMPLES = 1000;

function samplesOf(samples: number): Effort | undefined {
  return samples >= LEAST_SAMPLES ? { samples: Math.floor(samples) } : undefined;
}

function greatestError({ layers }: Measurements): number {
  return greatest(
    layers.flatMap((layer) => MEASURES.map((measure) => layer[measure]?.standardError ?? 0)),
    0,
  );
}

/** Whether EI alone is sampled, and what follows from it. */
function isExactButEi({ layers }: Measurements): boolean {
  const isExact = ({ eiParts, sensitivity, groups, sweep }: MeasuredLayer) =>
    [eiParts, sensitivity].every((found) => (found?.standardError ?? 0) === 0) &&
    groups === undefined &&
    sweep === undefined;
  return layers.every((layer) => isExact(layer) && (layer.ei !== undefined || layer.degeneracy === undefined));
}

function onlyEi(settings: MeasureSettings): MeasureSettings {
  return { ...settings, measures: ["ei"], matrix: undefined };
}

/** What was found before, with a better EI and what follows from it. */
function withEi(before: Measurements, { layers: better }: Measurements, settings: MeasureSettings): Measurements {
  const layers = before.layers.map((layer): MeasuredLayer => {
    const ei = better.find(({ position }) => position === layer.position)?.ei;
    if (ei === undefined || layer.ei === undefined) return layer;
    const { degeneracy, phi, sensitivity, eiParts } = layer;
    return {
      ...layer,
      ei,
      ...(degeneracy && sensitivity && { degeneracy: overlapOf(sensitivity, ei, settings.noise) }),
      ...(phi && eiParts && { phi: integration(ei, eiParts) }),
    };
  });
  return { ...before, layers, provenance: provenanceLike(before.provenance, settings) };
}
