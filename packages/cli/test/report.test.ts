/** `causalscope report RUN`, and the folders that `neurons --out` and `ablate --out` write. */
import * as fs from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { filesIn, folderOfFile, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";
import { SMALL_NET as NET, networkFile } from "./networks.ts";
import { SMALL, study } from "./small-study.ts";

const shared = folderOfFile();
const run = once(async () => {
  expect((await study(`${shared}/run`, [...SMALL, "--quiet"])).status).toBe(0);
  return filesIn(`${shared}/run`);
});

async function copy(): Promise<string> {
  await run();
  const folder = `${temporaryFolder()}/run`;
  fs.cpSync(`${shared}/run`, folder, { recursive: true });
  return folder;
}

describe("causalscope report", () => {
  it("makes page and figures again, to the same bytes, and touches nothing else", async () => {
    const folder = await copy();
    fs.rmSync(`${folder}/report.html`);
    fs.rmSync(`${folder}/figures`, { recursive: true });
    const { status, stdout, stderr } = await causalscope(["report", folder]);
    expect([status, stderr]).toEqual([0, ""]);
    const [, fingerprint] = /\nFingerprint: ([0-9a-f]{16})\n$/.exec(stdout)!;
    expect(stdout).toBe(
      `Report:      ${folder}/report.html\nFigures:     ${folder}/figures\nFingerprint: ${fingerprint}\n`,
    );
    expect(filesIn(folder)).toEqual(await run());
    fs.writeFileSync(`${folder}/report.html`, "another page");
    expect((await causalscope(["report", folder])).status).toBe(0);
    expect(filesIn(folder)).toEqual(await run());
  });

  it("of a study that trains nothing too", async () => {
    const folder = `${temporaryFolder()}/edge`;
    const quick = ["--weight-step", "2", "--bins", "4", "--quiet", "--out", folder];
    expect((await causalscope(["study", "edge", ...quick])).status).toBe(0);
    const whole = filesIn(folder);
    fs.rmSync(`${folder}/report.html`);
    expect((await causalscope(["report", folder])).status).toBe(0);
    expect(filesIn(folder)).toEqual(whole);
  });

  it("shows how far an unfinished run is, which can be continued to the same bytes", async () => {
    const folder = `${temporaryFolder()}/cut`;
    expect((await study(folder, SMALL, { stopAt: /^5\d %/m })).status).toBe(130);
    fs.rmSync(`${folder}/report.html`);
    const { status, stderr } = await causalscope(["report", folder]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^The run is not finished: the page shows \d checkpoints\.\n$/),
    ]);
    expect(fs.existsSync(`${folder}/report.html`)).toBe(true);
    expect((await study(folder, ["--resume"])).status).toBe(0);
    expect(filesIn(folder)).toEqual(await run());
  });

  it("refuses what is no run, and one without anything to show", async () => {
    const nothing = await causalscope(["report", `${shared}/none`]);
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining("expected the folder of a run")]);
    const folder = `${temporaryFolder()}/cut`;
    expect((await study(folder, SMALL, { stopAt: /^1\d %/m })).status).toBe(130);
    fs.rmSync(`${folder}/journal.jsonl`, { force: true });
    const empty = await causalscope(["report", folder]);
    expect(empty.status).toBe(2);
    expect(empty.stderr).toContain("expected a run with at least one finished checkpoint; got none.");
    expect(empty.stderr).toContain(`causalscope study iris --resume --out ${folder}`);
  });
});

function examples(): string {
  const file = `${temporaryFolder()}/examples.csv`;
  const rows = Array.from({ length: 60 }, (_, k) => `${(k % 10) / 10},${(k % 7) / 7},${k % 10 > 4 ? 1 : 0}`);
  fs.writeFileSync(file, `a,b,label\n${rows.join("\n")}\n`);
  return file;
}

describe.each([
  { name: "neurons", table: "neurons", figures: ["neuron-information"] },
  {
    name: "ablate",
    table: "values",
    figures: [
      "ablation-classes",
      "ablation-information",
      "ablation-information8",
      "ablation-weight-spread",
      "neuron-damage",
      "neuron-information",
    ],
  },
])("causalscope $name --out", ({ name, table, figures }) => {
  it("writes a folder with the page, its figures, and the rows that it prints as CSV", async () => {
    const out = `${temporaryFolder()}/out`;
    const args = [name, networkFile(NET), "--data", examples(), "--bootstrap", "0", "--pairs", "2", "--out", out];
    const { status, stdout, stderr } = await causalscope([...args, "--format", "csv"]);
    expect(status).toBe(0);
    expect(stderr).toContain(`Report: ${out}/report.html\n`);
    expect(Object.keys(filesIn(out))).toEqual(
      [
        ...figures.flatMap((figure) => [`figures/${figure}.png`, `figures/${figure}.svg`]),
        ...[`${table}.csv`, `${table}.parquet`, "report.html"],
      ].sort(),
    );
    expect(fs.readFileSync(`${out}/${table}.csv`, "utf8")).toBe(stdout);
    const file = Uint8Array.from(fs.readFileSync(`${out}/${table}.parquet`)).buffer;
    expect(await parquetReadObjects({ file })).toHaveLength(stdout.trimEnd().split("\n").length - 1);
    const page = fs.readFileSync(`${out}/report.html`, "utf8");
    expect(page.match(/<figure/g)).toHaveLength(figures.length);
    expect(page).toContain(`in ${table}.csv and ${table}.parquet beside this page`);
    // Again into the same folder, to the same bytes.
    const before = filesIn(out);
    expect((await causalscope(args)).status).toBe(0);
    expect(filesIn(out)).toEqual(before);
  });

  it("refuses a folder that holds something else, before it begins", async () => {
    const out = temporaryFolder();
    fs.writeFileSync(`${out}/thesis.tex`, "");
    const { status, stdout, stderr } = await causalscope([name, networkFile(NET), "--data", examples(), "--out", out]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(
      `--out: expected a new folder, or one with a report of the same command; got thesis.tex in ${out}`,
    );
    expect(fs.readdirSync(out)).toEqual(["thesis.tex"]);
  });
});
