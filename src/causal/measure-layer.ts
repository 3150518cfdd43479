/** All measures of one mechanism. */
import type { Range } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import { commonInputRange, type Mechanism } from "../network/mechanism.ts";
import { degeneracy } from "./degeneracy.ts";
import { eiParts } from "./edge-information.ts";
import { effectiveInformation } from "./effective-information.ts";
import { integration } from "./integration.ts";
import type { EffectiveInformationOptions } from "./options.ts";
import { type SensitivityOptions, sensitivity } from "./sensitivity.ts";

export interface LayerMeasures {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: string;
  readonly inputRange: Range;
  readonly outputRange: Range;
  readonly ei: Estimate;
  readonly eiParts: Estimate;
  readonly sensitivity: Estimate;
  /** x in the causal plane; sensitivity is y, and on the nullcline, x = y, EI is 0. */
  readonly degeneracy: Estimate;
  /** φ_feedforward. */
  readonly phi: Estimate;
}

export interface LayerOptions extends EffectiveInformationOptions {
  /** Where sensitivity holds the other inputs. Default 0. */
  readonly rest?: SensitivityOptions["rest"];
}

const MIXED = "sensitivity is under uniform noise, EI under the noise given: their difference mixes the two";

/**
 * All measures of one mechanism, each by the same options.
 *
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function measureLayer(mechanism: Mechanism, options: LayerOptions): Promise<LayerMeasures> {
  const { bins, outside, signal, seed, tolerance, samples, noise, pool, memory } = options;
  // Where pairs must be sampled, they get the same effort; the noise on single inputs stays uniform.
  const pairs = { bins, outside, signal, seed, tolerance, samples, pool, memory };
  const share = (from: number, to: number) => (fraction: number) => options.onProgress?.(from + (to - from) * fraction);
  const parts = await eiParts(mechanism, { ...pairs, noise, onProgress: share(0, 0.3) });
  const single = await sensitivity(mechanism, { ...pairs, rest: options.rest, onProgress: share(0.3, 0.5) });
  const whole = await effectiveInformation(mechanism, { ...options, onProgress: share(0.5, 1) });
  const overlap = degeneracy(single, whole);
  return {
    name: mechanism.name,
    inputs: mechanism.inputs,
    outputs: mechanism.outputs,
    activation: mechanism.activation,
    inputRange: commonInputRange(mechanism),
    outputRange: mechanism.outputRange,
    ei: whole,
    eiParts: parts,
    sensitivity: single,
    degeneracy:
      noise === undefined || noise.kind === "uniform"
        ? overlap
        : { ...overlap, warnings: [...overlap.warnings, MIXED] },
    phi: integration(whole, parts),
  };
}
