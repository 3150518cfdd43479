/** Damaged files are refused with one clear error, or read: nothing else happens. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../../src/checks/error-classes.ts";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import { elements } from "../../../src/model/tensor.ts";
import { type Files, filesOf, recording } from "./recorded.ts";

/** A small model with one of every layer, and the first nodes of a published graph. */
const models = [recording("keras")["one of everything"]!, recording("published")["mobilenet-v2"]!].map(filesOf);

/** Reads, and asks for every weight where it could be read. */
function attempt(text: string, file: Files["file"]): void {
  try {
    const { nodes } = graphFromTfjs(text, "model.json", { file });
    for (const { operation } of nodes) {
      if (!("weights" in operation)) continue;
      expect(operation.weights.values().length).toBe(elements(operation.weights.shape));
    }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    expect(error.message).toMatch(/^model\.json/);
    expect(error.message.length).toBeLessThan(2000);
  }
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0, 1, 2, 1.5, 2 ** 31, 2 ** 53, 1e308, "", "x", "in", "same", [], {}, [[]], true),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Everywhere in a JSON value, as paths. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))];
}

/** A copy with another value at a path, or with none. */
function changed(root: unknown, path: readonly (string | number)[], value: unknown, remove: boolean): string {
  if (path.length === 0) return JSON.stringify(value) ?? "";
  const copy = structuredClone(root) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as typeof copy, copy);
  const key = path.at(-1)!;
  if (!remove) parent[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return JSON.stringify(copy);
}

describe("damaged models", () => {
  it.each([0, 1])("model %d is read where it is not damaged", (which) => {
    const { text, file } = models[which]!;
    expect(graphFromTfjs(text, "m", { file }).nodes.length).toBeGreaterThan(7);
  });

  it.each([0, 1])("model %d with one or two values that are others", (which) => {
    const { text, file } = models[which]!;
    const root: unknown = JSON.parse(text);
    const places = placesIn(root);
    const change = fc.tuple(fc.nat(places.length - 1), odd, fc.boolean());
    fc.assert(
      fc.property(change, fc.option(change), ([at, value, remove], second) => {
        const once = changed(root, places[at]!, value, remove);
        attempt(once, file);
        if (second === null) return;
        const again: unknown = once === "" ? null : JSON.parse(once);
        const left = placesIn(again);
        attempt(changed(again, left[second[0] % left.length]!, second[1], second[2]), file);
      }),
      { numRuns: 600, seed: 6 },
    );
  });

  it.each([0, 1])("model %d with values of one place at another", (which) => {
    const { text, file } = models[which]!;
    const root: unknown = JSON.parse(text);
    const places = placesIn(root);
    const place = fc.nat(places.length - 1);
    fc.assert(
      fc.property(place, place, (from, to) => {
        const value = places[from]!.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], root);
        attempt(changed(root, places[to]!, value, false), file);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it.each([0, 1])("model %d cut off, or with other characters", (which) => {
    const { text, file } = models[which]!;
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), fc.nat(3), (at, other, skipped) => {
        attempt(text.slice(0, at), file);
        attempt(text.slice(0, at) + other + text.slice(at + skipped), file);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it.each([0, 1])("model %d with shards that are cut off, missing or of random bytes", (which) => {
    const { text, file } = models[which]!;
    fc.assert(
      fc.property(fc.nat(200), fc.uint8Array({ maxLength: 64 }), fc.boolean(), (length, noise, missing) => {
        attempt(text, (path) => (missing ? undefined : file(path)?.subarray(0, length)));
        attempt(text, (path) => {
          const bytes = file(path)?.slice();
          bytes?.set(noise.subarray(0, bytes.length), Math.min(length, Math.max(0, bytes.length - noise.length)));
          return bytes;
        });
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it("random texts", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        attempt(text, () => undefined);
        attempt(`{"modelTopology":${text},"weightsManifest":[]}`, () => undefined);
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});
