// Speed of EI of wide layers, found from probabilities of output states: to a stated error with two workers, by size, and compiled.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { effectiveInformation } from "@causalscope/core";
import { createPool } from "@causalscope/core/workers";
import { outputCuts } from "../packages/core/dist/estimators/engine.js";
import { correctionRecords } from "../packages/core/dist/estimators/likelihood/correction.js";
import { rectangleLayer } from "../packages/core/dist/estimators/likelihood/rectangle-layer.js";
import { surrogateRecords } from "../packages/core/dist/estimators/likelihood/surrogate.js";
import { inTurn, layer, ratios, secondsOf, summary, withKernels } from "./measure.mjs";

const BINS = 8;
/** As the engine chooses them. */
const PARTICLES = 64;
const WALKERS = 32;

export async function bench() {
  const rows = [];
  for (const [inputs, outputs] of [
    [30, 30],
    [100, 30],
  ]) {
    for (const scale of [1, 5])
      rows.push(await toTolerance({ inputs, outputs, scale, bins: BINS, tolerance: 0.1, most: 10, repeats: 3 }));
  }
  const peaks = [];
  for (const bins of [8, 64]) {
    const { peak, ...row } = inChild({
      inputs: 784,
      outputs: 100,
      scale: 1,
      bins,
      tolerance: 0.3,
      most: 60,
      repeats: 0,
    });
    rows.push(row);
    peaks.push(peak);
  }
  rows.push({
    area: "wide",
    name: "the larger's memory, with Node's own",
    unit: "MB",
    bar: "< 500",
    value: Math.max(...peaks),
  });
  return [...rows, ...(await bySize()), await againstPlain()];
}

/** One measurement to its tolerance, by two workers; `repeats` 0 for a single one without a run to warm up. */
export async function toTolerance({ inputs, outputs, scale, bins, tolerance, most, repeats }) {
  const given = layer(inputs, outputs, scale);
  const pool = createPool({ workers: 2 });
  try {
    const errors = [];
    const times = [];
    for (let run = 0; run <= repeats; run++) {
      const time = await secondsOf(async () => {
        const { standardError } = await effectiveInformation(given, { bins, seed: run, tolerance, pool });
        errors.push(standardError);
      });
      if (run > 0 || repeats === 0) times.push(time);
    }
    const found = repeats === 0 ? { value: times[0] } : summary(times);
    const worst = Math.max(...errors);
    const reached = worst <= tolerance ? `±${tolerance}` : `±${tolerance} asked for, ±${worst.toPrecision(3)} reached,`;
    const name = `EI ${inputs}→${outputs}, weights ×${scale}, ${bins} bins, ${reached} bit`;
    return {
      area: "wide",
      name,
      unit: "s",
      ...found,
      bar: `< ${most}`,
      holds: found.value < most && worst <= tolerance,
    };
  } finally {
    await pool.close();
  }
}

/** The same in a process of its own, with the most memory that it ever held, in MB. */
function inChild(asked) {
  const program = `
    const { toTolerance } = await import(${JSON.stringify(import.meta.url)});
    const row = await toTolerance(${JSON.stringify(asked)});
    console.log(JSON.stringify({ ...row, peak: process.resourceUsage().maxRSS / 1024 }));
  `;
  const root = fileURLToPath(new URL("../", import.meta.url));
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(printed);
}

/** Time of the same number of draws, each by the surrogate and from both sides, for layers twice as large each time. */
async function bySize() {
  const rows = [];
  let before;
  for (const size of [20, 40, 80, 160]) {
    const mechanism = layer(size, size);
    const options = { bins: { input: BINS, output: BINS }, outside: "drop" };
    const parts = new Float64Array(size).fill(BINS);
    const { layer: rectangles } = rectangleLayer(mechanism, outputCuts(mechanism, options), parts);
    const common = { layer: rectangles, seed: 1, wanted: "both" };
    const work = () => {
      surrogateRecords.run({ ...common, particles: PARTICLES, jitter: 0, cellJitter: 0 }, { from: 0, to: 32 });
      correctionRecords.run({ ...common, particles: WALKERS }, { from: 0, to: 4 });
    };
    const times = [];
    for (let run = 0; run <= 3; run++) {
      const time = await secondsOf(work);
      if (run > 0) times.push(time);
    }
    const found = summary(times);
    const against = before && { name: `${size / 2}→${size / 2}`, value: before, ratio: before / found.value };
    // Twice as many inputs and outputs make n·m² eight times as large.
    const bar = before === undefined ? "" : "< 8 × as long";
    const name = `32 draws ${size}→${size}, 4 of them from both sides, one core`;
    rows.push({ area: "wide", name, unit: "s", ...found, against, bar, holds: before && found.value < 8 * before });
    before = found.value;
  }
  return rows;
}

async function againstPlain() {
  const given = layer(30, 30);
  const time = (path) => () =>
    withKernels(path, () => secondsOf(() => effectiveInformation(given, { bins: BINS, seed: 1, tolerance: 0.2 })));
  const { compiled, plain } = await inTurn({ compiled: time("wasm"), plain: time("typescript") }, 3);
  const against = { name: "plain TypeScript", value: summary(plain).value, ratio: ratios(plain, compiled).value };
  return {
    area: "wide",
    name: "EI 30→30, weights ×1, 8 bins, ±0.2 bit, one core",
    unit: "s",
    ...summary(compiled),
    against,
  };
}
