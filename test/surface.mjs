/**
 * The public surface, read from the declarations that the compiler writes: what each table of contents exports, where it is declared, what its
 * comment says, and which types its signature names.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** What a file of declarations declares: by name, its kind, comment and text. */
function declared(file) {
  const source = text(file) ?? "";
  const found = [...source.matchAll(DECLARATION)];
  const all = new Map();
  for (const [at, match] of found.entries()) {
    const [, comment, kind, name] = match;
    const from = match.index + comment.length;
    const to = found[at + 1]?.index ?? source.length;
    const before = all.get(name);
    // The overloads of a function count as one.
    if (before === undefined) all.set(name, { kind, comment, text: source.slice(from, to) });
    else {
      before.text += source.slice(from, to);
      before.comment += comment;
    }
  }
  return all;
}

/** `{ name, kind, comment, text, file }` of a name that a file exports, followed through its re-exports. */
function follow(file, name) {
  const own = declared(file).get(name);
  if (own !== undefined) return { name, file, ...own };
  for (const [, list, from] of (text(file) ?? "").matchAll(/export (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"]/g)) {
    for (const each of list.split(",").map((part) => part.trim().replace(/^type /, ""))) {
      const [inner, outer = inner] = each.split(" as ");
      if (outer === name && from.startsWith("#")) return { name, file, kind: "imported", comment: "", text: "" };
      if (outer === name && from.startsWith("."))
        return follow(join(dirname(file), from.replace(/\.[jt]s$/, ".d.ts")), inner);
    }
  }
  // Brought in by an import, and handed on.
  const isImported = new RegExp(`import (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from`).test(text(file) ?? "");
  return { name, file, kind: isImported ? "imported" : "unknown", comment: "", text: "" };
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
    const names = /export \{/.test(text(file)) ? exportsOf(file) : [];
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
