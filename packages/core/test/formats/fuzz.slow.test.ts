/** The short form of proof/fuzz.proof.mjs: 300 mutants for each reader, read, listed, traced, measured and converted. */
import { describe, expect, it } from "vitest";
import { fuzzer, READERS } from "../../../../proof/fuzz/readers.mjs";
import * as library from "../everything.ts";

describe("damaged and hostile files", () => {
  it.each<string>(READERS)("of %s give a value or one of the library's own errors", async (reader) => {
    const run = fuzzer({ ...library }, reader);
    const found = { value: 0, refused: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const outcome = (await run(seed)).found as keyof typeof found;
      expect([reader, seed, outcome]).toEqual([reader, seed, expect.stringMatching(/^(value|refused)$/)]);
      found[outcome]++;
    }
    // Neither is all that there is: mutants that are always refused would prove nothing of what comes after reading.
    expect(found.value).toBeGreaterThan(10);
    expect(found.refused).toBeGreaterThan(10);
  });
});
