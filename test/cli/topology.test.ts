import { describe, expect, it } from "vitest";
import { topologyOf } from "../../src/index.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO, trio } from "./networks.ts";

describe("causalscope topology", () => {
  it("lists the layers with what measures assume", async () => {
    const { status, stdout, stderr } = await causalscope(["topology", networkFile(TRIO)]);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^ +layer +size +before +activation +parameters +input range +output range +pairs$/);
    expect(lines[2]).toMatch(/^0 +first, "a" +3 → 2 +\(inputs\) +sigmoid +8 +\[0, 1\] +\[0, 1\] +exact$/);
    expect(lines[3]).toMatch(/^1 +second +2 → 2 +sigmoid +tanh +4 +\[0, 1\] +\[-1, 1\] +exact$/);
    expect(lines[4]).toMatch(/^2 +0 +2 → 2 +tanh +softmax +4 +\[-1, 1\] +\[0, 1\] +sampled$/);
    expect(stdout).toContain("16 parameters in all.");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("prints JSON, null where a layer has no activation before it", async () => {
    const { status, stdout } = await causalscope(["topology", "-", "--json", "--input-range", "-3,3"], { stdin: TRIO });
    expect(status).toBe(0);
    const { nodes, edges, provenance } = JSON.parse(stdout);
    const expected = topologyOf(trio, { inputRange: [-3, 3] });
    expect(nodes).toEqual(expected.nodes.map((node) => ({ ...node, inputActivation: node.inputActivation ?? null })));
    expect(edges).toEqual(expected.edges);
    expect(nodes[0]).toMatchObject({ inputRange: [-3, 3], inputActivation: null });
    expect(provenance).toMatchObject({ tool: "causalscope", file: "standard input" });
  });

  it.each([
    [["/nowhere.json"], "/nowhere.json: expected a file; got none"],
    [[], "missing required argument 'file'"],
    [["-", "--input-range", "1,0"], "--input-range: .*low < high"],
    [["-", "--csv"], "unknown option '--csv'"],
  ])("refuses %j in one line", async (args, words) => {
    const { status, stdout, stderr } = await causalscope(["topology", ...args], { stdin: TRIO });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^causalscope: .*${words}[^\n]*\n$`));
  });
});
