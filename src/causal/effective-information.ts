/** EI: what noise on a whole layer tells about the next layer's joint state. */
import { withOccupied } from "../engines/occupied.ts";
import { joint } from "../engines/sampling/sampling-engine.ts";
import type { Estimate } from "../information/estimate.ts";
import type { Mechanism } from "../network/mechanism.ts";
import { type EffectiveInformationOptions, samplingOptions } from "./options.ts";

/**
 * Effective information `I(X̂; Ŷ)` of the binned joint states under do(L1 = H^max): every input independent and uniform on the
 * input range (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory").
 *
 * Between 0 and min(inputs · log2 Bx, outputs · log2 By) bits. Estimated as H(Ŷ) − E_cell H(Ŷ | cell), with its standard error;
 * exact for one input and one output.
 *
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function effectiveInformation(
  mechanism: Mechanism,
  options: EffectiveInformationOptions,
): Promise<Estimate> {
  const checked = samplingOptions(options, "effectiveInformation()");
  return withOccupied(await joint(mechanism, checked), mechanism, checked);
}
