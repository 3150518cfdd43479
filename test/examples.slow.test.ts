/**
 * The examples in comments of the public surface: each is a whole program in strict TypeScript, uses the function that it stands at, and prints
 * what it says behind `console.log(…); //`. A program imports nothing: public names, `readFile` and valibot's `v` are brought in for it. It runs
 * in a folder with `model.onnx`, `flowers.csv`, a finished run in `runs/iris`, and a few images in `mnist` and `cifar10`. The programs of the
 * READMEs bring their own imports, and are compiled as they stand.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { house } from "./house.mjs";
import { examplesOf, surfaceOf } from "./surface.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const libraries = house.map(({ name }) => name).filter((name) => name !== "cli");
const folder = mkdtempSync(join(tmpdir(), "causalscope-examples-"));

interface Example {
  /** What it stands at: `@causalscope/core/measures: degeneracy()`. */
  readonly title: string;
  readonly name: string;
  readonly path: string;
  readonly isFunction: boolean;
  readonly file: string;
  readonly body: string;
}

/** By name: the paths that export it, and whether it is a type alone. */
const exported = new Map<string, { readonly paths: string[]; readonly isType: boolean }>();
const examples: Example[] = [];
for (const library of libraries) {
  for (const { name, kind, comment, paths } of surfaceOf(library).values()) {
    const before = exported.get(name);
    if (before !== undefined) before.paths.push(...paths);
    else exported.set(name, { paths: [...paths], isType: kind === "interface" || kind === "type" });
    for (const body of examplesOf(comment)) {
      const path = paths.at(-1)!;
      const file = `${examples.length}-${name}`;
      examples.push({ title: `${path}: ${name}`, name, path, isFunction: kind === "function", file, body });
    }
  }
}

/** The TypeScript of the READMEs, by the name of its file in the folder. */
const readmes = new Map(
  ["README.md", ...house.map(({ name }) => `packages/${name}/README.md`)].flatMap((page) =>
    [...readFileSync(root + page, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, body], at) => [`${at}-${page.replaceAll(/\W/g, "_")}`, `${body}export {};\n`] as const,
    ),
  ),
);

/** A program without what its strings and comments say. What stands in `${…}` of a template is kept. */
const codeOf = (body: string): string =>
  body
    .replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<![:"'`])\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '""')
    .replace(
      /`(?:\\.|[^`\\])*`/g,
      (template) => [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, inside]) => `(${inside})`).join("") || '""',
    );

/** Names that a pattern declares: `x: number`, `{ bits, samples: n }`, `[low, high]`. */
const namesIn = (pattern: string): string[] =>
  /^\s*[{[]/.test(pattern)
    ? [...pattern.replace(/([}\]])\s*:.*$/s, "$1").matchAll(/(\w+)(?!\w|\s*:)/g)].map(([name]) => name)
    : pattern.split(",").flatMap((each) => /\w+/.exec(each) ?? []);

/** Names that a program uses but does not declare; `name:` is a key and `.name` a property. */
function namesUsed(body: string): Set<string> {
  const code = codeOf(body);
  const declared = new Set<string>();
  const declaring = [
    /(?:const|let)\s+(\{[^=]*?\}|\[[^=]*?\]|\w+)\s*(?:=|:|of\b)/g,
    /(?:function\*?|class|interface|type)\s+(\w+)/g,
    /\(([^()]*)\)\s*(?:=>|\{)/g,
  ];
  for (const each of declaring)
    for (const [, pattern] of code.matchAll(each)) for (const name of namesIn(pattern!)) declared.add(name);
  for (const [, name] of code.matchAll(/(\w+)\s*=>/g)) declared.add(name!);
  const used = [...code.matchAll(/(?<![\w$]|(?<!\.\.)\.)([A-Za-z_$][\w$]*)(?![\w$]|\s*\??:(?!:))/g)].map(
    ([, name]) => name!,
  );
  // The type `number` is not the function.
  if (!/\bnumber\(/.test(code)) declared.add("number");
  return new Set(used.filter((name) => !declared.has(name)));
}

/** Where a program at `path` takes a name from: from where it stands, or from the package it stands in, or from the lowest that has it. */
function homeOf(name: string, path: string): string | undefined {
  const paths = exported.get(name)?.paths ?? [];
  const [, library] = path.split("/");
  return (
    paths.find((each) => each === path) ??
    paths.find((each) => each.split("/")[1] === library && each.split("/").length > 2) ??
    paths.findLast((each) => each.startsWith("@causalscope/core")) ??
    paths[0]
  );
}

function importsOf({ body, path }: Example): string {
  const imports: string[] = [];
  for (const name of namesUsed(body)) {
    const home = homeOf(name, path);
    if (home !== undefined)
      imports.push(`import { ${exported.get(name)!.isType ? "type " : ""}${name} } from "${home}";`);
    else if (name === "readFile") imports.push('import { readFile } from "node:fs/promises";');
    else if (name === "v") imports.push('import * as v from "valibot";');
  }
  // All in one line, so that lines are those of the example.
  return `${imports.join(" ")} export {};`;
}

interface Output {
  readonly at: number;
  readonly expected: string | undefined;
}

/** Lines that print, counted from 0, and what they should print: in the comment behind, and in comments that are the lines after it. */
function outputsOf(body: string): Output[] {
  const lines = body.split("\n");
  return lines.flatMap((line, at): Output[] => {
    if (!line.includes("console.log(")) return [];
    const end = lines.findIndex((each, index) => index >= at && /;(?:\s*\/\/.*)?$/.test(each));
    const own = /; \/\/ (.*)$/.exec(lines[end] ?? "")?.[1];
    const expected = own === undefined ? [] : [own];
    for (const next of lines.slice(end + 1)) {
      const more = /^\s*\/\/ (.*)$/.exec(next)?.[1];
      if (more === undefined) break;
      expected.push(more);
    }
    return [{ at, expected: expected.length === 0 ? undefined : expected.join("\n") }];
  });
}

const complaints = new Map<string, string[]>();
const results = new Map<string, { readonly printed: Record<string, string[]>; readonly error?: string }>();

beforeAll(() => {
  if (!existsSync(`${root}packages/cli/dist/main.js`)) throw new Error("dist/ is missing: run `npm run build` first");
  symlinkSync(`${root}node_modules`, join(folder, "node_modules"), "junction");
  copyFileSync(`${root}packages/core/test/reference/fixtures/models/iris-sigmoid.onnx`, join(folder, "model.onnx"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: `${root}tsconfig.base.json`,
      compilerOptions: {
        composite: false,
        declaration: false,
        noEmit: true,
        rewriteRelativeImportExtensions: false,
        typeRoots: [`${root}node_modules/@types`],
      },
      include: ["*.ts"],
    }),
  );
  writeFileSync(
    join(folder, "prepare.mjs"),
    `import { mkdirSync, writeFileSync } from "node:fs";
    import { iris } from "@causalscope/core/datasets";
    import { performStudy } from "@causalscope/runs";
    import { study } from "@causalscope/studies";
    const { inputs, labels, classes } = iris();
    const rows = Array.from(labels, (label, row) => [...inputs.slice(4 * row, 4 * row + 4), classes[label]].join(","));
    writeFileSync("flowers.csv", ["sepal_length,sepal_width,petal_length,petal_width,species", ...rows, ""].join("\\n"));
    const idx = (...header) => Buffer.from(header.flatMap((word) => [word >>> 24, word >>> 16, word >>> 8, word]));
    mkdirSync("mnist");
    for (const part of ["train", "t10k"]) {
      writeFileSync(\`mnist/\${part}-images-idx3-ubyte\`, Buffer.concat([idx(0x803, 2, 28, 28), Buffer.alloc(2 * 784, 99)]));
      writeFileSync(\`mnist/\${part}-labels-idx1-ubyte\`, Buffer.concat([idx(0x801, 2), Buffer.of(7, 3)]));
    }
    mkdirSync("cifar10");
    writeFileSync("cifar10/test_batch.bin", Buffer.alloc(2 * 3073, 1));
    await performStudy(await study("iris"), "runs/iris", { options: { seeds: [0, 1], epochs: 50 } });
    `,
  );
  execFileSync(process.execPath, ["prepare.mjs"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

  for (const example of examples) {
    const imports = importsOf(example);
    writeFileSync(join(folder, `${example.file}.ts`), `${imports}\n${example.body}`);
    const printing = example.body
      .split("\n")
      .map((line, at) => line.replaceAll("console.log(", `globalThis.printAt(${at})(`));
    const { code } = transformSync(`${imports}\n${printing.join("\n")}`, { loader: "ts", format: "esm" });
    writeFileSync(join(folder, `${example.file}.mjs`), code);
  }
  for (const [file, body] of readmes) writeFileSync(join(folder, `${file}.ts`), body);
  const tsc = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, "-p", folder, "--pretty", "false"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  let file = "";
  for (const line of tsc.stdout.split("\n").filter((line) => line !== "")) {
    file = /^(\d+-\w+)\.ts\(/.exec(line)?.[1] ?? file;
    complaints.set(file, [...(complaints.get(file) ?? []), line]);
  }
  const list = examples.map(({ file, body }) => ({
    file: `${file}.mjs`,
    outputs: outputsOf(body).map(({ at }) => at),
  }));
  writeFileSync(join(folder, "examples.json"), JSON.stringify(list));
  execFileSync(process.execPath, [`${root}test/run-examples.mjs`, folder], { stdio: ["ignore", "ignore", "inherit"] });
  const ran = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
  for (const [position, { file }] of examples.entries()) results.set(file, ran[position]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the compiler complains of examples alone", () => {
  const files = new Set([...examples.map(({ file }) => file), ...readmes.keys()]);
  expect([...complaints].filter(([file]) => !files.has(file))).toEqual([]);
});

test("the programs of the READMEs compile", () => {
  expect([...readmes.keys()]).toEqual(["0-README_md", "1-README_md", "0-packages_core_README_md"]);
  for (const file of readmes.keys()) expect(complaints.get(file) ?? []).toEqual([]);
});

describe("the example of", () => {
  test.each(examples)("$title is a program that prints what it says", ({ name, isFunction, file, body }) => {
    expect(complaints.get(file) ?? []).toEqual([]);
    if (isFunction) expect(codeOf(body)).toMatch(new RegExp(`\\b${name}\\b`));
    for (const line of body.split("\n")) expect(line.length, line).toBeLessThanOrEqual(110);
    const { printed, error } = results.get(file)!;
    expect(error).toBeUndefined();
    for (const { at, expected } of outputsOf(body))
      if (expected !== undefined) expect(printed[at]!.join("\n")).toBe(expected);
  });
});
