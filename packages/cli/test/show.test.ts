import { describe, expect, it } from "vitest";
import { topologyOf } from "../../core/src/index.ts";
import type { LayerNode } from "../../core/src/models.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO, trio } from "./networks.ts";

describe("causalscope show", () => {
  it("lists the layers with what measures assume and take", async () => {
    const { status, stdout, stderr } = await causalscope(["show", networkFile(TRIO)]);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(
      /^ +layer +kind +shape +size +inputs from +activation +parameters +input range +output range +pairwise +cost$/,
    );
    expect(lines[2]).toMatch(
      /^0 +first, "a" +dense +3 → 2 +3 → 2 +\(inputs\) +sigmoid +8 +\[0, 1\] +\[0, 1\] +exact +< 1 s$/,
    );
    expect(lines[3]).toMatch(/^1 +second +dense +2 → 2 +2 → 2 +sigmoid +tanh +4 +\[0, 1\] +\[-1, 1\] +exact +< 1 s$/);
    expect(lines[4]).toMatch(/^2 +0 +dense +2 → 2 +2 → 2 +tanh +softmax +4 +\[-1, 1\] +\[0, 1\] +sampled +/);
    expect(stdout).toContain("16 parameters.");
  });

  it("prints JSON, null where a layer has no activation before it", async () => {
    const { status, stdout } = await causalscope(["show", "-", "--json", "--input-range", "-3,3"], { stdin: TRIO });
    expect(status).toBe(0);
    const { layers, edges, provenance } = JSON.parse(stdout);
    const expected = topologyOf(trio, { inputRange: [-3, 3] });
    for (const layer of layers) {
      const { seconds, memory, occupied, rangeNotes, ...rest } = layer;
      expect(seconds[0]).toBeGreaterThan(0);
      expect(seconds[1] / seconds[0]).toBeCloseTo(4, 9);
      expect(memory).toBeGreaterThan(0);
      expect(occupied).toBeGreaterThan(0);
      expect(rangeNotes).toEqual([]);
      const node: LayerNode = expected.layers.get(layer.name)!;
      expect(rest).toEqual(Object.fromEntries(Object.entries(node).map(([key, value]) => [key, value ?? null])));
    }
    expect(edges.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
      ['first, "a"', "second"],
      ["second", "0"],
    ]);
    expect(layers[0]).toMatchObject({ inputRange: [-3, 3], inputActivation: null });
    expect(provenance).toMatchObject({ tool: "causalscope", file: "standard input" });
  });

  it.each([
    [["/nowhere.json"], "/nowhere.json: expected a file; got none"],
    [[], "missing required argument 'model'"],
    [["-", "--input-range", "1,0"], "--input-range: .*low < high"],
    [["-", "--csv", "--json"], "show: expected --json or --csv; got both"],
  ])("refuses %j in one line", async (args, words) => {
    const { status, stdout, stderr } = await causalscope(["show", ...args], { stdin: TRIO });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^causalscope: .*${words}[^\n]*\n$`));
  });
});
