/** Help pages: each fits the terminal, says what there is once, and shows how it is called. */
import { describe, expect, it } from "vitest";
import { studies } from "../../studies/src/index.ts";
import { commands } from "../src/commands.ts";
import { displayWidth } from "../src/text.ts";
import { causalscope } from "./harness.ts";

const PAGES = [[], ...commands.map(({ name }) => [name]), ["study", "iris"], ["study", "ablation"], ["study", "train"]];

async function page(words: readonly string[], columns: number): Promise<string> {
  const { status, stdout, stderr } = await causalscope([...words, "--help", "--no-color"], { columns, env: {} });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

describe.each(PAGES.map((words) => ({ words })))("help of causalscope $words", ({ words }) => {
  it.each([40, 60, 80, 120])("fits %i columns", async (columns) => {
    const lines = (await page(words, columns)).split("\n");
    // A word that is wider than the terminal stays whole: nothing else is too wide.
    const wide = lines.filter((line) => displayWidth(line) > columns && line.trim().includes(" "));
    expect(wide).toEqual([]);
  });

  it("says what each option is without, once", async () => {
    for (const line of (await page(words, 200)).split("\n")) {
      expect(line.match(/default/g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(line).not.toMatch(/choices:|default: ["[{]/);
    }
  });
});

describe("help", () => {
  it("has examples on the page of every command", async () => {
    for (const { name } of commands) expect(await page([name], 100)).toMatch(/\nExamples?:\n {2}[$#] /);
  });

  it("names what a choice takes", async () => {
    expect(await page(["study", "ablation"], 200)).toContain(
      "activation of the hidden layers: sigmoid, tanh, relu or identity",
    );
  });

  it("is what `help` prints too", async () => {
    for (const words of [[], ["measure"], ["study", "iris"]]) {
      const { status, stdout } = await causalscope(["help", ...words]);
      expect([status, stdout]).toEqual([0, (await causalscope([...words, "--help"])).stdout]);
    }
  });

  it("of study lists each study once, in their order", async () => {
    const lines = (await page(["study"], 80)).split("\n");
    const listed = lines.flatMap((line) => /^ {2}([a-z][\w-]*) {2,}\S/.exec(line)?.[1] ?? []);
    expect(listed).toEqual(studies.map(({ name }) => name));
  });

  it("puts what does not fit beside an option below it, and breaks examples as a shell takes them", async () => {
    const narrow = await page(["measure"], 44);
    expect(narrow).toMatch(/\n {2}--input-range <low,high>\n {6}range of the model's inputs/);
    expect(narrow).toMatch(/\n {2}\$ causalscope measure ckpt-\*\.onnx \\\n {6}--out checkpoints --open\n/);
  });
});

describe("a word that is misspelled", () => {
  it.each([
    [["mesure"], "unknown command 'mesure' (Did you mean measure?)"],
    [["help", "measur"], "unknown command 'measur' (Did you mean measure?)"],
    [["help", "study", "iri"], "unknown command 'iri' (Did you mean iris?)"],
    [["help", "iris"], "unknown command 'iris' (Did you mean causalscope study iris?)"],
    [["measure", "x.onnx", "--formt", "csv"], "unknown option '--formt' (Did you mean --format?)"],
    [["measure", "x.onnx", "--no-colour"], "unknown option '--no-colour' (Did you mean --no-color?)"],
    [["study", "iris", "--seeds", "0"], "got 0. For seed 0 alone, use 0, with a comma."],
    [["convert", "net.json"], "not specified. `causalscope convert --help` lists the arguments and options."],
    [["iris", "--seeds", "1"], "unknown command 'iris' (Did you mean causalscope study iris?)"],
    [["study", "irsi"], 'got "irsi". Did you mean iris?'],
    [["study", "ablaton", "--seeds", "1"], 'got "ablaton". Did you mean ablation?'],
    [["study", "iris", "--epoch", "1"], "unknown option '--epoch' (Did you mean --epochs?)"],
    [["measure", "x.onnx", "--method", "plugin"], 'got "plugin". Did you mean plug-in?'],
    [["measure", "x.onnx", "--measures", "ei,degenracy"], 'got "degenracy". Did you mean degeneracy?'],
    [["measure", "x.onnx", "--format", "jsn"], "Did you mean json?"],
    [["reproduce", "--only", "iris,egde"], 'got "egde". Did you mean edge?'],
    [["export", "runs/iris", "--table", "traning"], "Did you mean training?"],
    [["film", "runs/iris", "--format", "gf"], "Did you mean gif?"],
    [["mi", "x.csv", "--x", "1", "--y", "2", "--method", "ksg1"], "Did you mean ksg-1?"],
    [["completion", "fihs"], "Did you mean fish?"],
  ])("%j: what was meant", async (argv, words) => {
    const { status, stdout, stderr } = await causalscope(argv);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
    expect(stderr).toContain(words);
  });

  it("has no suggestion where nothing is like it", async () => {
    expect((await causalscope(["study", "quantum"])).stderr).not.toContain("Did you mean");
    expect((await causalscope(["study", "--quantum"])).stderr).not.toContain("Did you mean");
  });
});
