/**
 * The public surface, read from the declarations that the compiler writes: what each table of contents exports, where it is declared, what its
 * comment says, and which types its signature names.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

/** Comment before a declaration, then the declaration up to the next one. */
const DECLARATION =
  /((?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?)^export (?:declare )?(?:abstract )?(function|const|class|interface|type) (\w+)/gm;

const texts = new Map();
const text = (file) => {
  if (!texts.has(file))
    texts.set(file, existsSync(file) ? readFileSync(file, "utf8").replace(/\r\n/g, "\n") : undefined);
  return texts.get(file);
};

/** Whether the first comment of a file of declarations is the file's own: its source has imports behind it. */
function isHeader(file, comment) {
  const source = text(file.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts")) ?? "";
  const after = source.slice(source.indexOf(comment.trim()) + comment.trim().length).trimStart();
  return !/^(?:\/\/[^\n]*\n\s*)*export\b/.test(after);
}

/** What a file of declarations declares: by name, its kind, comment and text. */
function declared(file) {
  const source = text(file) ?? "";
  const found = [...source.matchAll(DECLARATION)];
  const all = new Map();
  for (const [at, match] of found.entries()) {
    const [, before, kind, name] = match;
    const comment = match.index === 0 && isHeader(file, before) ? "" : before;
    const from = match.index + before.length;
    const rest = source.slice(from, found[at + 1]?.index ?? source.length);
    // What is not exported may stand between.
    const [own] = rest.split(/\n(?=(?:declare|interface|type|export|import)\b)/);
    const overload = all.get(name);
    // The overloads of a function count as one.
    if (overload === undefined) all.set(name, { kind, comment, text: own });
    else {
      overload.text += own;
      overload.comment += comment;
    }
  }
  return all;
}

/** The file of declarations behind what an import names: a file beside, `#platform`, or a table of contents of a package. */
function fileOf(from, file) {
  if (from.startsWith(".")) return join(dirname(file), from.replace(/\.[jt]s$/, ".d.ts"));
  const own = relative(packages, file).split(sep)[0];
  const name = from.startsWith("@causalscope/") ? from.split("/")[1] : own;
  const { imports, exports } = JSON.parse(readFileSync(`${packages}${name}/package.json`, "utf8"));
  const target = from.startsWith("#") ? imports[from] : exports[`.${from.slice(`@causalscope/${name}`.length)}`];
  return target === undefined ? undefined : join(packages, name, target.types);
}

/** `{ name, kind, comment, text, file }` of a name that a file exports, followed through its imports and re-exports. */
function follow(file, name) {
  const own = declared(file).get(name);
  if (own !== undefined) return { name, file, ...own };
  for (const [, list, from] of (text(file) ?? "").matchAll(
    /(?:im|ex)port (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"]/g,
  )) {
    for (const each of list.split(",").map((part) => part.trim().replace(/^type /, ""))) {
      const [inner, outer = inner] = each.split(" as ");
      if (outer === name && fileOf(from, file) !== undefined) return { ...follow(fileOf(from, file), inner), name };
    }
  }
  return { name, file, kind: "unknown", comment: "", text: "" };
}

/** The names that a table of contents exports, in its order. */
export function exportsOf(entry) {
  return [...text(entry).matchAll(/export (?:declare )?(?:type )?\{([^}]*)\}/g)].flatMap(([, list]) =>
    list
      .split(",")
      .map((part) =>
        part
          .trim()
          .replace(/^type /, "")
          .replace(/^.* as /, ""),
      )
      .filter((part) => part !== ""),
  );
}

/** The public tables of contents of a package, by the name that a user imports. */
export function entriesOf(name) {
  const manifest = JSON.parse(readFileSync(`${packages}${name}/package.json`, "utf8"));
  return Object.entries(manifest.exports)
    .filter(([path, target]) => typeof target === "object" && path !== "./internal" && path !== "./basics")
    .map(([path, target]) => ({ path: manifest.name + path.slice(1), file: join(packages, name, target.types) }));
}

/** Every public name of a package once, with the paths that export it. */
export function surfaceOf(name) {
  const all = new Map();
  for (const { path, file } of entriesOf(name)) {
    const names = exportsOf(file);
    for (const each of new Set([...names, ...declared(file).keys()])) {
      const found = follow(file, each);
      const before = all.get(each);
      if (before === undefined) all.set(each, { ...found, paths: [path] });
      else before.paths.push(path);
    }
  }
  return all;
}

/** The programs of the `@example`s of a comment. */
export function examplesOf(comment) {
  const lines = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""));
  return [...lines.join("\n").matchAll(/@example[^\n]*\n```ts\n([\s\S]*?)```/g)].map(([, body]) => body);
}

/** Where the `<` at a position closes. `=>` does not close it. */
function closing(code, at) {
  let depth = 0;
  for (let position = at; position < code.length; position++) {
    if (code[position] === "<") depth++;
    else if (code[position] === ">" && code[position - 1] !== "=" && --depth === 0) return position;
  }
  return code.length;
}

/** The type parameters that a declaration brings: of itself, of its methods, of mapped and inferred types. */
function parametersIn(code) {
  const names = [...code.matchAll(/\[(\w+) in |\binfer (\w+)/g)].map(([, mapped, inferred]) => mapped ?? inferred);
  for (const { index } of code.matchAll(/</g)) {
    const end = closing(code, index);
    const isList = /\b(?:function|interface|type|class) \w+$/.test(code.slice(0, index)) || code[end + 1] === "(";
    if (!isList) continue;
    let depth = 0;
    let isFirst = true;
    for (const [token] of code.slice(index + 1, end).matchAll(/\w+|=>|[<>(){}[\],]/g)) {
      if (/^[<({[]$/.test(token)) depth++;
      else if (/^[>)}\]]$/.test(token)) depth--;
      else if (token === "," && depth === 0) isFirst = true;
      else if (isFirst && token !== "const") {
        names.push(token);
        isFirst = false;
      }
    }
  }
  return new Set(names);
}

/** The types that a declaration names, in no comment and no string. `typeof X` names a value, `v.X` a type of a package. */
export function typesNamed(declaration) {
  const code = declaration.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, " ");
  const parameters = parametersIn(code);
  const names = [...code.matchAll(/(?<![.\w]|typeof )([A-Z]\w+)\b(?!\s*:)/g)].map(([, name]) => name);
  return [...new Set(names)].filter((name) => !parameters.has(name));
}
