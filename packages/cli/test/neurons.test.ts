/** `neurons`: what single neurons of a model of one's own know. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { causalscope } from "./harness.ts";
import { ownModel, written } from "./own-model.ts";

describe("causalscope neurons", () => {
  it("says of each neuron of a user's model what it knows", async () => {
    const { folder, args } = await ownModel();
    const { status, stdout } = await causalscope([
      "neurons",
      ...args,
      "--bootstrap",
      "50",
      "--figure",
      `${folder}/n.svg`,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/layer 1: 8 units, mean \d\.\d{3} bits, \d inactive/);
    expect(fs.readFileSync(`${folder}/n.svg`, "utf8")).toContain("What single neurons know about the class");
    const { neurons } = JSON.parse((await causalscope(["neurons", ...args, "--json", "--bootstrap", "0"])).stdout);
    expect(neurons).toHaveLength(19);
    // Every value a state of its own tells as much as there is to tell, of the examples at hand.
    const own = ["--json", "--bootstrap", "0", "--quantizer", "unique"];
    const unique = JSON.parse((await causalscope(["neurons", args[0]!, "--data", args[4]!, ...own])).stdout);
    const one = JSON.parse((await causalscope(["neurons", args[0]!, "--data", args[4]!, ...own.slice(0, 3)])).stdout);
    for (const [k, { information }] of unique.neurons.entries())
      expect(information).toBeGreaterThanOrEqual(one.neurons[k].information - 1e-12);
    const csv = (await causalscope(["neurons", ...args, "--csv", "--quantizer", "equal-mass,4"])).stdout;
    expect(csv.split("\n")[0]).toBe(
      "layer,layer_name,unit,entropy,information,corrected,low,high,kl_selectivity,kl_class,class_selectivity,p_value,q_value,warnings",
    );
  });

  it("looks at pairs, and tests by shuffles", async () => {
    const { args } = await ownModel();
    const more = ["--bootstrap", "0", "--permutations", "99", "--pairs", "4"];
    const { status, stdout } = await causalscope(["neurons", ...args, ...more]);
    expect(status).toBe(0);
    expect(stdout).toContain("q: false discovery rate of 99 permutations");
    expect(stdout).toMatch(/layer 2: pairs of the 4 most informative units\n/);
    expect(stdout).toMatch(/All 4 units together: \d\.\d{3} bits about the class; O-information/);
    const json = JSON.parse((await causalscope(["neurons", ...args, ...more, "--json"])).stdout);
    expect(json.pairs.map(({ pairs }: { pairs: unknown[] }) => pairs.length)).toEqual([6, 6]);
    const values = json.neurons.map(({ pValue }: { pValue: number }) => pValue * 100);
    for (const value of values) expect(Math.round(value)).toBeCloseTo(value, 9);
  });

  it.each([
    [["--quantizer", "octal"], "--quantizer: expected threshold"],
    [["--quantizer", "width,0"], "--quantizer (width): expected a number above 0"],
    [["--quantizer", "unique,3"], "--quantizer: expected threshold"],
    [["--quantizer", "uniform,1"], "--quantizer (bins): expected a whole number from 2 to 4096; got 1"],
    [["--json", "--csv"], "--json or --csv; got both"],
    [["--test-data", "/none.csv"], "/none.csv: expected a file"],
    [["--activation", "relu"], "--activation"],
  ])("refuses %j", async (more, words) => {
    const { args } = await ownModel();
    const { status, stdout, stderr } = await causalscope(["neurons", ...args, ...more]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(words);
  });

  it("refuses examples and labels that do not fit, and models that are no rows of dense layers", async () => {
    const { folder, args } = await ownModel();
    const ask = (data: string) => causalscope(["neurons", args[0]!, "--data", written("d.csv", data)]);
    expect((await ask("1,2,0\n1,2,1\n")).stderr).toContain("rows of 4 inputs, as the network has; got 2");
    expect((await ask("1,2,3,4,0\n1,2,3,4,1\n1,2,3,4,2\n1,2,3,4,3\n")).stderr).toContain(
      "labels from 0 to 2, the network's outputs; got 3",
    );
    expect((await ask("1,2,3,4,0\n1,2,3,4,1\n")).stderr).toContain("none of class 2");
    fs.writeFileSync(`${folder}/labels.csv`, "0\n1\n");
    expect(
      (await causalscope(["neurons", args[0]!, "--data", `${folder}/train.csv`, "--labels", `${folder}/labels.csv`]))
        .stderr,
    ).toContain("100 labels, one per row; got 2");
  });
});

describe("examples that tell little", () => {
  it("are measured with a warning: more bins than examples, units that are always the same", async () => {
    const { folder, args } = await ownModel();
    fs.writeFileSync(`${folder}/few.csv`, "1,0,0,1,0\n0,1,1,0,1\n1,1,0,0,2\n");
    const more = ["--data", `${folder}/few.csv`, "--quantizer", "uniform,16", "--bootstrap", "0"];
    const { status, stdout } = await causalscope(["neurons", args[0]!, ...more]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d+ units: more bins \(16\) than examples \(3\)/);
    expect(stdout).toMatch(/plug-in information is too high by up to \d\.\d\d bit/);
  });
});
