/** What measuring several mechanisms hands on, and says on the way; the engine's answers are made by hand. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SamplingOptions } from "../../src/estimators/engine.ts";
import { binSweep, causalPlane, dense, type Estimate, type Mechanism, network } from "../../src/index.ts";
import { estimate } from "../../src/information/estimate.ts";
import { measureLayers } from "../../src/measures/measure-layers.ts";
import { type LayerMeasures, measureLayer } from "../../src/measures.ts";
import type { Pool } from "../../src/settings/pool.ts";

const joint = vi.hoisted(() => vi.fn());
vi.mock("../../src/estimators/joint.ts", async (original) => ({
  ...(await original<object>()),
  joint,
}));

const value = (bits: number): Estimate =>
  estimate({ bits, standardError: 0.1, samples: 9, method: "likelihood", outside: 0, warnings: [] });

// Two values on the way to three bits for each input.
beforeEach(() => {
  joint.mockReset();
  joint.mockImplementation(async ({ inputs }: Mechanism, { onPartial }: SamplingOptions) => {
    onPartial?.(value(inputs));
    onPartial?.(value(2 * inputs));
    return value(3 * inputs);
  });
});

const layer = (inputs: number) => dense({ weights: [new Array(inputs).fill(1)], activation: "sigmoid" });

/** What was called with (value, index), as [index, bits], in order. */
const heard = () => {
  const partials: [number, number][] = [];
  const measured: [number, number][] = [];
  const options = {
    onPartial: ({ bits }: Estimate, index: number) => void partials.push([index, bits]),
    onMeasured: ({ ei }: LayerMeasures, index: number) => void measured.push([index, ei.bits]),
  };
  return { partials, measured, options };
};

describe("measuring", () => {
  test("one mechanism hands on the EI so far, and force", async () => {
    const partials: number[] = [];
    const found = await measureLayer(layer(2), {
      bins: 4,
      force: true,
      onPartial: ({ bits }) => void partials.push(bits),
    });
    expect(partials).toEqual([2, 4]);
    expect(found.ei.bits).toBe(6);
    expect(joint.mock.lastCall![1].force).toBe(true);
  });

  test("several says of which mechanism a value is", async () => {
    const said = heard();
    const asked = [1, 2].map((inputs) => ({ mechanism: layer(inputs), bins: 4, seed: 0 }));
    await measureLayers(asked, said.options);
    expect(said.partials).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 4],
    ]);
    expect(said.measured).toEqual([
      [0, 3],
      [1, 6],
    ]);
  });

  test("a causal plane or a sweep says which layer or number of bins", async () => {
    const layers = [
      {
        weights: [
          [1, 1],
          [1, 2],
          [2, 1],
        ],
        activation: "tanh",
      },
      { weights: [[1, 1, 1]], activation: "tanh" },
    ] as const;
    const plane = heard();
    await causalPlane(network({ layers }), { bins: 4, ...plane.options });
    expect(plane.measured).toEqual([
      [0, 6],
      [1, 9],
    ]);
    const sweep = heard();
    await binSweep(layer(2), [4, 8], sweep.options);
    expect(sweep.partials).toEqual([
      [0, 2],
      [0, 4],
      [1, 2],
      [1, 4],
    ]);
    expect(sweep.measured).toEqual([
      [0, 6],
      [1, 6],
    ]);
  });

  test("by workers takes force along, leaves functions behind, and says what is finished", async () => {
    const said = heard();
    const run = vi.fn(async (_task, _job, shards) => shards.map(() => ({ ei: value(7) })));
    const pool = { workers: 2, run } as unknown as Pool;
    const asked = [1, 2].map((inputs) => ({ mechanism: layer(inputs), bins: 4, seed: 0 }));
    await measureLayers(asked, { ...said.options, force: true, pool });
    const job = run.mock.lastCall![1];
    expect(job).toMatchObject({ force: true });
    expect(structuredClone(job)).toEqual(job);
    expect(said.partials).toEqual([]);
    expect(said.measured).toEqual([
      [0, 7],
      [1, 7],
    ]);
  });
});
