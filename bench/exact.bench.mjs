// Speed of the exact engine: EI_parts and sensitivity of one layer, what compiling gains, and how time grows with the edges.
import { eiParts, sensitivity } from "@causalscope/core";
import { inTurn, layer, ratios, seconds, secondsOf, summary, withKernels } from "./measure.mjs";

export async function bench() {
  const rows = [];
  const add = (name, unit, bar, found) => rows.push({ area: "exact", name, unit, bar, ...found });
  const given = layer(30, 30);
  add("EI_parts 30→30, 8 bins", "s", "", await againstPlain(() => eiParts(given, { bins: 8 })));
  add("EI_parts 30→30, 64 bins", "s", "< 0.03", await againstPlain(() => eiParts(given, { bins: 64 })));
  add("EI_parts 30→30, 256 bins", "s", "< 0.3", await againstPlain(() => eiParts(given, { bins: 256 })));
  add("sensitivity 30→30, 64 bins", "s", "", await againstPlain(() => sensitivity(given, { bins: 64 })));
  for (const size of [64, 128, 256, 512]) {
    const square = layer(size, size);
    const { value, spread } = await seconds(() => eiParts(square, { bins: 32 }), 5);
    const perEdge = 1e6 / size ** 2;
    const found = { value: value * perEdge, spread: spread * perEdge };
    add(`EI_parts ${size}→${size}, 32 bins, per edge`, "µs", "all alike", found);
  }
  const wide = layer(784, 100);
  add("EI_parts 784→100, 64 bins", "s", "< 3", await seconds(() => eiParts(wide, { bins: 64 }), 5));
  add("sensitivity 784→100, 64 bins", "s", "< 0.3", await seconds(() => sensitivity(wide, { bins: 64 })));
  const widest = layer(768, 3072);
  const once = await secondsOf(() => eiParts(widest, { bins: 32 }));
  add("EI_parts 768→3072, 32 bins, once", "s", "< 60", { value: once });
  // The high-water mark of the whole process: this layer's is the largest.
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  add("its memory, with Node's own", "MB", "< 500", { value: mebibytes });
  return rows;
}

/** Seconds of `work`, and how many times as fast it is as in plain TypeScript. */
async function againstPlain(work) {
  const time = (path) => () => withKernels(path, () => secondsOf(work));
  const { compiled, plain } = await inTurn({ compiled: time("wasm"), plain: time("typescript") });
  const against = { name: "plain TypeScript", value: summary(plain).value, ratio: ratios(plain, compiled).value };
  return { ...summary(compiled), against };
}
