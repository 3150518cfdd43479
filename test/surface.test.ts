/** The public surface is one that can be read: few names at the root, each with a home among its kin, in tables of contents. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { house } from "./house.mjs";
import { entriesOf, examplesOf, exportsOf, surfaceOf, typesNamed } from "./surface.mjs";

/** Of the language, the platform and packages whose types are a part of theirs. */
const known = new Set(
  `Array ArrayBuffer ArrayBufferView ArrayLike AbortSignal AsyncGenerator AsyncIterable AsyncIterableIterator
  AsyncIterator Awaited BigInt64Array Blob Buffer Date Document Error ErrorOptions Exclude Extract Float32Array
  HTMLCanvasElement HTMLElement SVGSVGElement
  Float64Array Generator Int32Array Iterable Iterator Map NonNullable Omit Parameters Partial Pick Promise
  PromiseLike Readonly ReadonlyArray ReadonlyMap ReadonlySet Record Required ReturnType Set Uint16Array
  Uint32Array Uint8Array URL Worker`.split(/\s+/),
);

const libraries = house.map(({ name }) => name).filter((name) => name !== "cli");

describe("the public surface", () => {
  test("of the core has at most 40 names at its root", () => {
    const [root] = entriesOf("core");
    expect(root!.path).toBe("@causalscope/core");
    expect(exportsOf(root!.file).length).toBeLessThanOrEqual(40);
  });

  test("has every name of the root in one subpath, too, so that each has a home with its kin", () => {
    const surface = [...surfaceOf("core").values()];
    expect(
      surface.filter(({ paths }) => paths.length === 1 && paths[0] === "@causalscope/core").map(({ name }) => name),
    ).toEqual([]);
  });

  test("stands in tables of contents under headings", () => {
    for (const name of libraries) {
      for (const { path, file } of entriesOf(name)) {
        const source = readFileSync(file.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts"), "utf8");
        expect([path, source.startsWith("/**")]).toEqual([path, true]);
        if (exportsOf(file).length > 12)
          expect([path, (source.match(/^\/\/ \w/gm) ?? []).length >= 2]).toEqual([path, true]);
      }
    }
  });

  test.each(libraries)("of %s has a comment on every name", (name) => {
    const surface = [...surfaceOf(name).values()];
    expect(surface.length).toBeGreaterThan(3);
    expect(surface.filter(({ kind }) => kind === "unknown").map(({ name }) => name)).toEqual([]);
    expect(surface.filter(({ comment }) => comment.trim() === "").map(({ name }) => name)).toEqual([]);
  });

  test.each(libraries)("of %s has an example for every function", (name) => {
    const functions = [...surfaceOf(name).values()].filter(({ kind }) => kind === "function");
    expect(functions.filter(({ comment }) => examplesOf(comment).length === 0).map(({ name }) => name)).toEqual([]);
  });

  test.each(libraries)("of %s exports every type that a signature names", (name) => {
    const surface = surfaceOf(name);
    const others = libraries.flatMap((each) => (each === name ? [] : [...surfaceOf(each).keys()]));
    const missing = [...surface.values()].flatMap((each) =>
      typesNamed(each.text)
        .filter((type) => !surface.has(type) && !others.includes(type) && !known.has(type))
        .map((type) => `${each.name} names ${type}`),
    );
    expect(missing).toEqual([]);
  });
});
