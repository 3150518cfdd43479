/** How fast this machine is: the time of a known small piece of work, once per way to run the kernels. */
import { streamKey } from "../information/random.ts";
import { createOutputCounter } from "../kernels/output-counter.ts";
import { type KernelPath, kernelPath } from "../kernels/path.ts";
import { computingTime } from "./clock.ts";

const [INPUTS, OUTPUTS, BINS] = [16, 8, 8];
const BLOCK = 4096;
const BLOCKS = 8;
const TRIES = 3;
/** Nanoseconds that a sample of this layer takes on the machine that the constants of measures/measure-cost.ts were fitted on. */
const REFERENCE = 165;

const found = new Map<KernelPath, number>();

/** Times as long as on the machine of reference; a few milliseconds at the first call, none later. */
export async function slowness(): Promise<number> {
  const path = kernelPath();
  let factor = found.get(path);
  if (factor === undefined) {
    factor = (await measured()) / REFERENCE;
    found.set(path, factor);
  }
  return factor;
}

/** The least of a few times, in nanoseconds per sample: what disturbs only adds. */
async function measured(): Promise<number> {
  const thresholds = Float64Array.from({ length: BINS - 1 }, (_, k) => (k + 1) / BINS);
  const counter = await createOutputCounter({
    inputs: INPUTS,
    outputs: OUTPUTS,
    weights: Float64Array.from({ length: INPUTS * OUTPUTS }, (_, at) => ((at * 0.618) % 1) / 6),
    base: new Float64Array(OUTPUTS),
    cuts: { thresholds, bins: Int32Array.from({ length: BINS }, (_, bin) => bin), count: BINS },
    surprisal: new Float64Array(OUTPUTS * BINS),
  });
  try {
    const key = streamKey(0);
    let least = Infinity;
    // The first blocks warm up, and bring the states that there are.
    counter.draw(key, 0, 0, BLOCK);
    for (let run = 0; run < TRIES; run++) {
      const start = computingTime();
      for (let block = 1; block <= BLOCKS; block++) counter.draw(key, block, 0, BLOCK);
      least = Math.min(least, computingTime() - start);
    }
    return (1e9 * least) / (BLOCKS * BLOCK);
  } finally {
    counter.free();
  }
}
