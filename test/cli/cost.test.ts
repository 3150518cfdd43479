/** What is said before work that takes long, and the limit on memory. */
import * as fs from "node:fs";
import { expect, it } from "vitest";
import { announceCost } from "../../src/cli/cost.ts";
import { dense } from "../../src/network/mechanism.ts";
import { temporaryFolder } from "../runs/folders.ts";
import { causalscope } from "./harness.ts";

const layer = dense({ weights: [[1, 2]], activation: "sigmoid", inputRange: [0, 1] });

async function said(times: number): Promise<string> {
  let text = "";
  await announceCost([layer, layer], [{ bins: 8 }, { bins: 16 }], { write: (part: string) => (text += part) }, times);
  return text;
}

it("says what long work will take, and nothing of work that is short", async () => {
  expect(await said(1)).toBe("");
  expect(await said(1e7)).toMatch(/^This will take about \d+ (?:s|min|h) and \d+ MB\.\n$/);
});

function net(inputs: number, outputs: number): string {
  const weights = Array.from({ length: outputs }, (_, j) =>
    Array.from({ length: inputs }, (_, i) => ((i + j) % 7) / 7 - 0.4),
  );
  const path = `${temporaryFolder()}/net.json`;
  fs.writeFileSync(path, JSON.stringify({ inputRange: [0, 1], layers: [{ weights, activation: "sigmoid" }] }));
  return path;
}

it("--memory refuses what would need more, before work, with what would fit", async () => {
  const pairs = ["--measures", "ei-parts,sensitivity"];
  const args = ["measure", net(700, 650), "--memory", "10MB", "--workers", "0", ...pairs];
  const { status, stdout, stderr } = await causalscope(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(
    /700 × 650 pairs: expected at most 10 MB for their values; got 11 MB\. Measure 595 of its outputs/,
  );
});

it.each(["2GB", "500mb", "1.5 G", "20000000"])("--memory %s is taken", async (memory) => {
  const { status, stderr } = await causalscope(["measure", net(2, 2), "--memory", memory, "--workers", "0"]);
  expect([status, stderr]).toEqual([0, ""]);
});

it.each(["", "much", "-1", "5MB", "1TBx", "NaN"])("--memory %j is refused", async (memory) => {
  const { status, stderr } = await causalscope(["measure", net(2, 2), "--memory", memory]);
  expect(status).toBe(2);
  expect(stderr).toContain("--memory: expected a size of at least 10MB, such as 2GB, 500MB or a number of bytes");
});
