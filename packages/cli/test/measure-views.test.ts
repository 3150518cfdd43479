import { describe, expect, it } from "vitest";
import { binSweep, causalPlane, eiBetweenGroups, eiPartsMatrix, sensitivityMatrix } from "../../core/src/index.ts";
import { derivedSeed } from "../../core/src/information/random.ts";
import { measureLayer } from "../../core/src/measures.ts";
import { chain, mechanisms } from "../../core/src/models.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO, trio } from "./networks.ts";

const QUICK = ["--bins", "4", "--tolerance", "0.1"] as const;
const EFFORT = { bins: 4, tolerance: 0.1 } as const;

/** What was printed before for the same: many tests look at the whole network. */
const known = new Map<string, Promise<string>>();

function printed(args: readonly string[], text = TRIO): Promise<string> {
  const key = JSON.stringify([args, text]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const now = (async () => {
    const { status, stdout, stderr } = await causalscope(["measure", networkFile(text), ...args]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  })();
  known.set(key, now);
  return now;
}

const json = async (args: readonly string[]) => JSON.parse(await printed(["--json", ...QUICK, ...args]));
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

/** Fields of a CSV without line breaks in fields. */
function csvRows(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trimEnd().split("\n");
  const names = header!.split(",");
  return lines.map((line) => {
    const fields = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .slice(0, names.length)
      .map(([, field]) => field!);
    return Object.fromEntries(
      names.map((name, at) => [name, fields[at]!.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')]),
    );
  });
}

describe("causalscope measure: which layers", () => {
  it("gives what causalPlane() gives", async () => {
    const { layers } = await json([]);
    const expected = plain(await causalPlane(trio, { ...EFFORT, seed: 0 }));
    expect(layers).toEqual(expected.map((layer: object, position: number) => ({ ...layer, position })));
  });

  it("measures some layers, by name or position, in the network's order, with the numbers they have among all", async () => {
    const all = await json([]);
    expect((await json(["--layers", "0,second"])).layers).toEqual(all.layers.slice(1));
    expect((await json(["--layers", "1"])).layers).toEqual([all.layers[1]]);
  });

  it("measures several layers as one mechanism", async () => {
    const { layers } = await json(["--from", "second", "--to", "2"]);
    const mechanism = chain(trio, { from: 1, to: 2 });
    expect(layers).toEqual([
      { ...plain(await measureLayer(mechanism, { ...EFFORT, seed: derivedSeed(0, 1) })), position: 1 },
    ]);
    expect(layers[0]).toMatchObject({ name: "second … 0", inputs: 2, outputs: 2, activation: "softmax" });
  });

  it("goes from the first layer, or to the last, where only one end is given", async () => {
    expect((await json(["--to", "second"])).layers[0].name).toBe('first, "a" … second');
    expect((await json(["--from", "second"])).layers[0].name).toBe("second … 0");
  });

  it("takes ranges: of the inputs of the first layer or of --from, and of every layer's outputs", async () => {
    const whole = await json(["--input-range", "-1,1", "--output-range", "-2,2"]);
    const ranges = ["inputRange", "outputRange"] as const;
    expect(whole.layers.map((layer: Record<string, unknown>) => ranges.map((range) => layer[range]))).toEqual([
      [
        [-1, 1],
        [-2, 2],
      ],
      [
        [0, 1],
        [-2, 2],
      ],
      [
        [-1, 1],
        [-2, 2],
      ],
    ]);
    const later = await json(["--from", "1", "--to", "1", "--input-range", "0.2,0.3"]);
    expect(later.layers[0].inputRange).toEqual([0.2, 0.3]);
  });
});

describe("causalscope measure: how", () => {
  it("holds the other inputs where --rest says, for sensitivity only", async () => {
    const [zero, middle, half] = await Promise.all(
      [[], ["--rest", "middle"], ["--rest", "0.5"]].map(
        async (args) => (await json(["--layers", "1", ...args])).layers[0],
      ),
    );
    expect(middle.sensitivity).toEqual(half.sensitivity);
    expect(middle.sensitivity.bits).not.toBe(zero.sensitivity.bits);
    expect(middle.ei).toEqual(zero.ei);
    expect(middle.degeneracy.bits).toBeCloseTo(middle.sensitivity.bits - middle.ei.bits, 12);
  });

  it("finds EI by the method asked for, and says which", async () => {
    const { layers, provenance } = await json(["--method", "plug-in", "--layers", "1", "--samples", "20000"]);
    expect(layers[0].ei.method).toBe("plug-in");
    expect(provenance).toMatchObject({ method: "plug-in", samples: 20000 });
  });

  it("says the tolerance it took where none was given", async () => {
    const stdout = await printed(["--json", "--layers", "second", "--bins", "2"]);
    expect(JSON.parse(stdout).provenance.tolerance).toBe(0.01);
  });
});

describe("causalscope measure --matrix", () => {
  it("prints a row per input and a column per output", async () => {
    const stdout = await printed([...QUICK, "--layers", "1", "--matrix"]);
    const terms = await eiPartsMatrix(mechanisms(trio)[1]!, { bins: 4 });
    const lines = stdout.split("\n");
    const at = lines.indexOf("second: terms of EI_parts, in bits; one row per input, one column per output");
    expect(lines.slice(at + 1, at + 5)).toEqual([
      "       0      1",
      "─  ─────  ─────",
      `0  ${terms.bits[0]!.toFixed(3)}  ${terms.bits[1]!.toFixed(3)}`,
      `1  ${terms.bits[2]!.toFixed(3)}  ${terms.bits[3]!.toFixed(3)}`,
    ]);
    expect(stdout).toContain("second: terms of sensitivity, in bits\n");
  });

  it("gives [input][output] in JSON, for softmax with standard errors", async () => {
    const { layers } = await json(["--matrix", "--rest", "middle"]);
    const mechanism = mechanisms(trio)[0]!;
    const parts = await eiPartsMatrix(mechanism, { bins: 4 });
    const single = await sensitivityMatrix(mechanism, { bins: 4, rest: "middle" });
    expect(layers[0].eiPartsMatrix).toMatchObject({ shape: [3, 2], method: "exact", samples: 0 });
    expect(layers[0].eiPartsMatrix.bits.flat()).toEqual([...parts.bits]);
    expect(layers[0].sensitivityMatrix.bits.flat()).toEqual([...single.bits]);
    expect(layers[0].eiPartsMatrix.bits.map((row: number[]) => row.length)).toEqual([2, 2, 2]);
    for (const [key, matrix] of [
      ["eiParts", "eiPartsMatrix"],
      ["sensitivity", "sensitivityMatrix"],
    ] as const) {
      for (const layer of layers) {
        const sum = layer[matrix].bits.flat().reduce((total: number, bits: number) => total + bits, 0);
        expect(layer[key].bits).toBeCloseTo(sum, 9);
      }
    }
    expect(layers[2].eiPartsMatrix.standardError.flat().every((error: number) => error > 0)).toBe(true);
  });

  it("says how large the errors of sampled pairs are", async () => {
    expect(await printed([...QUICK, "--layers", "0", "--matrix"])).toMatch(
      /\nStandard errors: at most 0\.\d+ bits\.\n/,
    );
  });

  it("breaks wide matrices into blocks of the terminal's width", async () => {
    const weights = Array.from({ length: 30 }, (_, j) => [j / 10 - 1, 1]);
    const text = JSON.stringify({ inputRange: [0, 1], layers: [{ weights, activation: "sigmoid" }] });
    const args = ["measure", networkFile(text), "--bins", "2", "--samples", "5000", "--matrix", "--no-color"];
    const rowsOf0 = (lines: readonly string[]) => lines.filter((line) => /^0 {2}\d/.test(line)).length;
    for (const [columns, least] of [
      [100, 4],
      [60, 8],
    ] as const) {
      const { stdout } = await causalscope(args, { columns, env: {} });
      const lines = stdout.slice(stdout.indexOf("terms of EI_parts")).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(rowsOf0(lines)).toBeGreaterThanOrEqual(least);
    }
    // Nobody looks: lines are as long as they are.
    expect(rowsOf0((await causalscope(args)).stdout.split("\n"))).toBe(2);
  });
});

describe("causalscope measure --groups", () => {
  it("prints EI between groups of every layer measured", async () => {
    const { layers } = await json(["--groups", "0,1>1; 1 > 0,1"]);
    const groups = [
      { inputs: [0, 1], outputs: [1] },
      { inputs: [1], outputs: [0, 1] },
    ];
    for (const [position, mechanism] of mechanisms(trio).entries()) {
      const expected = await eiBetweenGroups(mechanism, groups, { ...EFFORT, seed: derivedSeed(0, position) });
      expect(layers[position].groups).toEqual(plain(groups.map((group, at) => ({ ...group, ...expected[at] }))));
    }
    const stdout = await printed([...QUICK, "--groups", "0,1>1"]);
    expect(stdout).toMatch(/EI between groups of units, in bits\nlayer +inputs +outputs +EI +method +outside\n/);
    expect(stdout).toMatch(/\nsecond +0,1 +1 +\d\.\d+/);
  });
});

describe("causalscope measure --sweep", () => {
  it("gives all measures at each number of bins; the layer's own are those at the first", async () => {
    const stdout = await printed(["--json", "--tolerance", "0.1", "--layers", "second", "--sweep", "2,4,8"]);
    const { layers, provenance } = JSON.parse(stdout);
    const expected = await binSweep(mechanisms(trio)[1]!, [2, 4, 8], { tolerance: 0.1, seed: derivedSeed(0, 1) });
    const { sweep, ...own } = layers[0];
    expect(sweep.map(({ bins }: { bins: unknown }) => bins)).toEqual([2, 4, 8].map((n) => ({ input: n, output: n })));
    expect(sweep.map(({ ei, phi }: Record<string, unknown>) => [ei, phi])).toEqual(
      plain(expected.map(({ measures }) => [measures.ei, measures.phi])),
    );
    expect(own).toEqual({ ...plain(expected[0]!.measures), position: 1 });
    expect(provenance.bins).toEqual({ input: 2, output: 2 });
  });

  it("prints a row per number of bins", async () => {
    const stdout = await printed(["--tolerance", "0.1", "--layers", "second", "--sweep", "2,4"]);
    expect(stdout.match(/^second +[24] {2}.*±/gm)).toHaveLength(2);
  });
});

describe("causalscope measure --csv", () => {
  it("has a row per layer and measure, quoted where it must be", async () => {
    const stdout = await printed([...QUICK, "--csv"]);
    expect(stdout.split("\n")[0]).toBe(
      "layer,name,inputs,outputs,activation,measure,bits,standard_error,lower,upper,method,samples,outside,warnings," +
        "bracket_lower,bracket_upper,input_bins,output_bins,from_inputs,to_outputs,bracket_lower_error,bracket_upper_error,bound_lower," +
        "bound_upper,route_output,route_cell,effective_samples,guarded,occupied,file",
    );
    expect(stdout).toContain('\n0,"first, ""a""",3,2,sigmoid,ei,');
    const { layers } = await json([]);
    const rows = csvRows(stdout);
    expect(rows.map(({ layer, name, measure }) => [layer, name, measure])).toEqual(
      layers.flatMap(({ position, name }: { position: number; name: string }) =>
        ["ei", "eiParts", "sensitivity", "degeneracy", "phi"].map((measure) => [`${position}`, name, measure]),
      ),
    );
    for (const row of rows) {
      const value = layers[Number(row.layer)][row.measure!];
      expect([row.bits, row.standard_error, row.lower, row.upper, row.samples].map(Number)).toEqual([
        value.bits,
        value.standardError,
        ...value.interval,
        value.samples,
      ]);
      expect([row.bracket_lower, row.bracket_upper]).toEqual((value.bracket ?? ["", ""]).map(String));
      expect([row.input_bins, row.from_inputs, row.to_outputs]).toEqual(["4", "", ""]);
    }
  });

  it("has a row per pair with --matrix, per pair of groups with --groups, and per number of bins with --sweep", async () => {
    const rows = csvRows(await printed([...QUICK, "--csv", "--layers", "second", "--matrix", "--groups", "0,1>1"]));
    const terms = await eiPartsMatrix(mechanisms(trio)[1]!, { bins: 4 });
    const pairs = rows.filter(({ measure }) => measure === "eiPartsMatrix");
    expect(pairs.map((row) => [row.from_inputs, row.to_outputs, Number(row.bits)])).toEqual([
      ["0", "0", terms.bits[0]],
      ["0", "1", terms.bits[1]],
      ["1", "0", terms.bits[2]],
      ["1", "1", terms.bits[3]],
    ]);
    expect(rows.filter(({ measure }) => measure === "sensitivityMatrix")).toHaveLength(4);
    expect(rows.at(-1)).toMatchObject({ measure: "eiBetweenGroups", from_inputs: "0 1", to_outputs: "1" });
    const sweep = csvRows(await printed(["--tolerance", "0.1", "--csv", "--layers", "second", "--sweep", "2,4"]));
    expect(sweep.map(({ measure, input_bins }) => `${measure} ${input_bins}`)).toEqual(
      ["2", "4"].flatMap((n) => ["ei", "eiParts", "sensitivity", "degeneracy", "phi"].map((name) => `${name} ${n}`)),
    );
  });
});

describe("causalscope measure, where it is wide", () => {
  const wide = JSON.stringify({ layers: [{ weights: [new Array(100_000).fill(0)], activation: "relu" }] });

  it("refuses layers of 100,000 units, with the figures, unless forced", async () => {
    const refused = await causalscope(["measure", "-", "--bins", "2"], { stdin: wide });
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^causalscope: standard input: layer 1: expected fewer than 100,000 inputs and outputs; got 100000 → 1 at 2 bins: 400,000 bins of pairs and 4 MB for them\. Set --force to measure it anyway\.\n$/,
    );
    const forced = await causalscope(["measure", "-", "--bins", "2", "--force", "--json"], { stdin: wide });
    expect(forced.status).toBe(0);
    expect(JSON.parse(forced.stdout).layers[0].eiParts.bits).toBe(0);
  });

  it("refuses pairs of too many bins, before anything is measured", async () => {
    const weights = Array.from({ length: 50 }, () => new Array(50).fill(1));
    const stdin = JSON.stringify({ layers: [{ weights, activation: "relu" }] });
    const refused = await causalscope(["measure", "-", "--sweep", "8,4096"], { stdin });
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /layer 1: expected at most 20,000,000,000 bins of pairs; got 50 → 50 at 8, 4096 bins: 41,943,200,000 bins of pairs and 1 MB/,
    );
  });

  describe("where output states do not repeat", () => {
    const weights = Array.from({ length: 12 }, (_, j) =>
      Array.from({ length: 12 }, (_, i) => ((3 * i + 5 * j + i * j * j) % 13) / 4 - 1.5),
    );
    const text = JSON.stringify({ inputRange: [0, 1], layers: [{ weights, activation: "sigmoid" }] });
    const value = /\nlayer 1 +16 +[\d.]+ ± [\d.]+ \[[\d.]+, [\d.]+\] /;

    it("gives bounds, in the table and in words, if they are to be counted", async () => {
      const stdout = await printed(["--bins", "16", "--method", "conditional"], text);
      expect(stdout).toMatch(value);
      expect(stdout).toContain("[low, high]: bounds on the true EI.\n");
      expect(stdout).toMatch(/\nWarning: layer 1: unsaturated: /);
    });

    it("gives a value between two sides, and says what it rests on", async () => {
      const stdout = await printed(["--bins", "16", "--tolerance", "2"], text);
      expect(stdout).toMatch(value);
      expect(stdout).toMatch(/\nlayer 1 +EI +\[[\d.]+ ± [\d.]+, [\d.]+ ± [\d.]+\] +\[[\d.]+, [\d.]+\]/);
      expect(stdout).toMatch(/\nlayer 1, EI: H\(Ŷ\) from probabilities.*proved: .*estimated: .*assumed: /);
    });
  });
});

describe("causalscope measure on a terminal", () => {
  it("shows progress through layers and matrices, and leaves standard output alone", async () => {
    const net = networkFile(TRIO);
    const args = ["measure", net, ...QUICK, "--matrix", "--layers", "1", "--json"];
    const { status, stdout, stderr } = await causalscope(args, { terminal: true });
    expect(status).toBe(0);
    expect(stderr).toMatch(/█ 100 % {2}second/);
    expect(JSON.parse(stdout).layers).toHaveLength(1);
    expect((await causalscope([...args, "--quiet"], { terminal: true })).stderr).toBe("");
  });
});
