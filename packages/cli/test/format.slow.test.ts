/** `--format` where the rows take trials of every study. */

import { describe, expect, it } from "vitest";
import { studies } from "../../studies/src/index.ts";
import { causalscope } from "./harness.ts";

describe("causalscope studies --format", () => {
  it("ndjson: a study on each line", async () => {
    const names = studies.map(({ name }) => name);
    const ndjson = await causalscope(["studies", "--format", "ndjson"]);
    const rows = ndjson.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.map(({ study }) => study)).toEqual(names);
    for (const { seconds_low: low, seconds_high: high } of rows) expect(high).toBeGreaterThan(low);
  });
});
