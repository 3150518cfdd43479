/** `--format`: one form of the same result after another, on every command that prints one. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { folderOfFile } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";
import { SMALL_NET as NET } from "./networks.ts";
import { SMALL, study } from "./small-study.ts";

const folder = folderOfFile();

/** Files and runs that commands print something of. */
const files = once(async () => {
  fs.writeFileSync(`${folder}/net.json`, NET);
  const rows = Array.from({ length: 60 }, (_, k) => `${(k % 10) / 10},${(k % 7) / 7},${k % 2}`);
  fs.writeFileSync(`${folder}/examples.csv`, `a,b,label\n${rows.join("\n")}\n`);
  for (const name of ["one", "two"]) {
    const seeds = name === "one" ? [] : ["--seeds", "1"];
    expect((await study(`${folder}/${name}`, [...SMALL, ...seeds, "--quiet"])).status).toBe(0);
  }
});

const data = ["--data", `${folder}/examples.csv`];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  measure: [`${folder}/net.json`, "--bins", "4", "--tolerance", "0.3", "--matrix", "--groups", "0>0"],
  show: [`${folder}/net.json`],
  neurons: [`${folder}/net.json`, ...data, "--bootstrap", "0", "--pairs", "2"],
  ablate: [`${folder}/net.json`, ...data, "--bootstrap", "0", "--repetitions", "2", "--pairs", "2", "--quiet"],
  mi: [`${folder}/examples.csv`, "--x", "a", "--y", "label", "--permutations", "9", "--entropies"],
  compare: [`${folder}/one`, `${folder}/two`],
  export: [`${folder}/one`],
};

/** What was printed before for the same. */
const known = new Map<string, Promise<string>>();

function printed(name: string, ...more: readonly string[]): Promise<string> {
  const key = [name, ...more].join(" ");
  const text = known.get(key) ?? printedAnew(name, more);
  known.set(key, text);
  return text;
}

async function printedAnew(name: string, more: readonly string[]): Promise<string> {
  await files();
  const { status, stdout } = await causalscope([name, ...COMMANDS[name]!, ...more]);
  expect(status).toBe(0);
  return stdout;
}

describe.each(Object.keys(COMMANDS).map((name) => ({ name })))("causalscope $name --format", ({ name }) => {
  it("ndjson has the rows of csv, an object on each line with the columns' names", async () => {
    const [header, ...rows] = (await printed(name, "--format", "csv")).trimEnd().split("\n");
    const lines = (await printed(name, "--format", "ndjson")).trimEnd().split("\n");
    expect(lines).toHaveLength(rows.length);
    expect(rows.length).toBeGreaterThan(1);
    const columns = header!.split(",");
    for (const line of lines) expect(Object.keys(JSON.parse(line))).toEqual(columns);
    const isTimed = columns.includes("seconds_low");
    for (const [k, line] of isTimed ? [] : lines.entries()) {
      const first = Object.values(JSON.parse(line))[0];
      expect(rows[k]!.startsWith(`${first}`) || rows[k]!.startsWith('"')).toBe(true);
    }
  });

  it("json and csv are what --json and --csv print", async () => {
    for (const format of ["json", "csv"]) {
      // `ablate --json` prints rows alone until the next version.
      if (name === "ablate" && format === "json") continue;
      const [long, short] = [await printed(name, "--format", format), await printed(name, `--${format}`)];
      if (format === "json") JSON.parse(long);
      // Estimated times are not the same twice.
      const untimed = (text: string) => (name === "show" ? text.replace(/-?\d[\d.e+-]*/g, "0") : text);
      expect(untimed(short)).toBe(untimed(long));
    }
  });

  it("refuses two that differ, and takes two that do not", async () => {
    await files();
    const { status, stdout, stderr } = await causalscope([name, ...COMMANDS[name]!, "--format", "csv", "--json"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(`causalscope: ${name}: expected --format csv or --json; got both.\n`);
    expect((await causalscope([name, ...COMMANDS[name]!, "--format", "json", "--json"])).status).toBe(0);
  });

  it("refuses others, and names them all", async () => {
    const { status, stderr } = await causalscope([name, ...COMMANDS[name]!, "--format", "xml"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^causalscope: --format: expected \w+, \w+, json or ndjson; got "xml"|csv or ndjson; got "xml"/,
    );
  });
});

describe("the rows of nested results", () => {
  it("neurons: of each neuron, then of each pair, whose columns are the last", async () => {
    const single = await printed("neurons", "--format", "csv", "--pairs", "0");
    const both = await printed("neurons", "--format", "csv");
    const [header, ...rows] = both.trimEnd().split("\n");
    const columns = single.split("\n")[0]!;
    expect(header).toBe(
      `${columns},second_unit,interaction,interaction_by_chance,redundant,unique_first,unique_second,synergistic`,
    );
    const { pairs, neurons } = JSON.parse(await printed("neurons", "--format", "json"));
    expect(rows).toHaveLength(neurons.length + pairs[0].pairs.length);
    const [pair] = pairs[0].pairs;
    const broja = pair.parts.find(({ measure }: { measure: string }) => measure === "broja");
    const last = (await printed("neurons", "--format", "ndjson")).trimEnd().split("\n").at(-1)!;
    expect(JSON.parse(last)).toMatchObject({
      layer: 0,
      layer_name: "hidden",
      unit: pair.first,
      second_unit: pair.second,
      information: pair.information[2],
      entropy: null,
      synergistic: broja.synergistic,
    });
  });

  it("mi: of each estimate of the information, then of the entropies", async () => {
    const lines = (await printed("mi", "--format", "ndjson"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { estimates, entropies } = JSON.parse(await printed("mi", "--json"));
    const information = lines.filter(({ quantity }) => quantity === "mutual information");
    expect(information.map(({ bits }) => bits)).toEqual(estimates.map(({ bits }: { bits: number }) => bits));
    expect(lines.slice(information.length).map(({ side, bits }) => [side, bits])).toEqual(
      entropies.map(({ side, bits }: { side: string; bits: number }) => [side, bits]),
    );
  });

  it("show: of each layer, with what is not known left empty", async () => {
    const [first] = (await printed("show", "--format", "ndjson")).split("\n").map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({
      layer: 0,
      name: "hidden",
      kind: "dense",
      inputs: 2,
      outputs: 3,
      input_activation: null,
      activation: "relu",
      input_low: 0,
      input_high: 1,
      pairwise: "exact",
      not_measured: null,
    });
  });
});

describe("causalscope ablate", () => {
  it("--format json has settings and provenance beside the rows that --json prints alone, as it says", async () => {
    const { model, settings, provenance, rows } = JSON.parse(await printed("ablate", "--format", "json"));
    expect(model).toBe(`${folder}/net.json`);
    expect(settings).toMatchObject({ replacement: "zero", repetitions: 2, pairs: 2, seed: 0, bootstrap: 0 });
    expect(settings.scores).toEqual(["information", "information8", "weight-spread"]);
    expect(provenance).toMatchObject({ tool: "causalscope", classes: ["0", "1"] });
    expect(provenance.files[0]).toMatchObject({ file: `${folder}/examples.csv`, rows: 60 });
    expect(provenance.files[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(await printed("ablate", "--json"))).toEqual(rows);
    const loud = COMMANDS.ablate!.filter((word) => word !== "--quiet");
    expect((await causalscope(["ablate", ...loud, "--json"])).stderr).toContain("Note: --json prints the rows alone.");
    expect((await causalscope(["ablate", ...loud, "--format", "json"])).stderr).not.toContain("alone");
  });
});
