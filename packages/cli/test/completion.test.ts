/** Completion scripts, in the shells themselves. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { folderOfFile } from "../../runs/test/folders.ts";
import { studies } from "../../studies/src/index.ts";
import { commands } from "../src/commands.ts";
import { causalscope } from "./harness.ts";

const folder = folderOfFile();
const has = (shell: string) => spawnSync(shell, ["-c", ":"]).status === 0;

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { status, stdout, stderr } = await causalscope(["completion", shell]);
    expect([status, stderr]).toEqual([0, ""]);
    fs.writeFileSync(`${folder}/${shell}`, stdout);
  }
  fs.mkdirSync(`${folder}/place/runs/iris`, { recursive: true });
  fs.writeFileSync(`${folder}/place/model.onnx`, "");
});

/** What is typed before Tab, and what it becomes or may become. */
const TYPED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["causalscope mea", ["measure"]],
  ["causalscope topo", ["topology"]],
  ["causalscope study info", ["information-plane"]],
  ["causalscope study iris --lea", ["--learning-rate"]],
  ["causalscope measure --method pl", ["plug-in"]],
  ["causalscope measure model.onnx --outside d", ["drop"]],
  ["causalscope measure --form", ["--format"]],
  ["causalscope show --no-c", ["--no-color"]],
  ["causalscope film --size 72", ["720p"]],
  ["causalscope completion z", ["zsh"]],
  ["causalscope study iris --activation si", ["sigmoid"]],
  ["causalscope study iris --optimizer ad", ["adam"]],
];

/** The words that bash offers after a line, whose last word is the one at the cursor. */
function bash(line: string): string[] {
  const script = `source "${folder}/bash"
COMP_WORDS=(${line.replaceAll("=", " = ")}${line.endsWith(" ") ? '""' : ""})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_causalscope 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: `${folder}/place`, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("bash", () => {
  it.each(TYPED)("%s → %j", (line, words) => {
    expect(bash(line)).toEqual(words);
  });

  it("lists every command, every study, and every option of a command", async () => {
    const names = commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
    expect(bash("causalscope ").sort()).toEqual(names.sort());
    expect(bash("causalscope study ")).toEqual(studies.map(({ name }) => name));
    const help = (await causalscope(["ablate", "--help"])).stdout;
    const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag!);
    expect(bash("causalscope ablate --").sort()).toEqual([...flags, "--color", "--no-color", "--debug"].sort());
  });

  it("completes the last of a list, a value after =, folders for runs, and files where nothing else is known", () => {
    expect(bash("causalscope measure --measures ei,sens")).toEqual(["ei,sensitivity"]);
    expect(bash("causalscope measure --method=lik")).toEqual(["likelihood"]);
    expect(bash("causalscope report ru")).toEqual(["runs"]);
    // Nothing of its own: bash completes the names of files.
    expect(bash("causalscope measure mod")).toEqual([]);
  });

  it("asks bash itself, which registers it", () => {
    const script = `source "${folder}/bash"; complete -p causalscope`;
    const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(stdout).toBe("complete -o bashdefault -o default -F _causalscope causalscope\n");
  });
});

describe.skipIf(!has("zsh"))("zsh (needs zsh)", () => {
  it("completes as it does for who types", () => {
    const script = `zmodload zsh/zpty
zpty z "TERM=dumb zsh -f -i"
zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ${folder}/zsh; said() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N said; bindkey "^X" said; bindkey "^I" complete-word; print READ""Y'
zpty -r z out '*READY*'
for line in ${TYPED.map(([line]) => `'${line}'`).join(" ")}; do
  zpty -w -n z "$line"$'\\t\\x18'
  zpty -r z out '*<<*>>*'
  out=\${out##*<<}
  print -r -- "\${out%%>>*}"
done
zpty -d z`;
    const { stdout } = spawnSync("zsh", ["-f", "-c", script], { cwd: `${folder}/place`, encoding: "utf8" });
    const completed = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd().replace(/=$/, ""));
    expect(completed).toEqual(TYPED.map(([line, [word]]) => line.replace(/\S+$/, word!)));
  });
});

describe.skipIf(!has("fish"))("fish (needs fish)", () => {
  it.each(TYPED)("%s → %j", (line, words) => {
    const script = `source "${folder}/fish"; complete -C '${line}'`;
    const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], {
      cwd: `${folder}/place`,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((each) => each.split("\t")[0]),
    ).toEqual(words);
  });
});
