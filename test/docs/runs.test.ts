import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causalscope } from "../../packages/cli/test/harness.ts";
import { temporaryFolder } from "../../packages/runs/test/folders.ts";

/** The part of DuckDB's API in use; its binaries are too large, and too many, to be a dependency for one test. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(path: string): Promise<{
      connect(): Promise<{
        runAndReadAll(query: string): Promise<{ getRowObjects(): Record<string, unknown>[] }>;
        closeSync(): void;
      }>;
    }>;
  };
}

const name = "@duckdb/node-api";
const duckdb: DuckDb | undefined = await import(name).catch(() => undefined);

describe("docs/runs.md", () => {
  it("has two queries", () => {
    expect(queriesOf()).toHaveLength(2);
  });

  it.skipIf(duckdb === undefined)(
    "has queries that DuckDB answers (needs @duckdb/node-api: npm install --no-save)",
    async () => {
      const folder = temporaryFolder();
      const args = ["--epochs", "4", "--every", "2", "--seeds", "2", "--tolerance", "0.2", "--quiet"];
      expect(await causalscope(["study", "iris", "--out", `${folder}/runs/iris`, ...args])).toMatchObject({
        status: 0,
      });
      const connection = await (await duckdb!.DuckDBInstance.create(":memory:")).connect();
      const answers = [];
      for (const query of queriesOf()) {
        const asked = query.replaceAll("'runs/", `'${folder}/runs/`).replace("epoch = 4000", "epoch = 4");
        answers.push((await connection.runAndReadAll(asked)).getRowObjects());
      }
      connection.closeSync();
      expect(answers[0]!.map((row) => row.layer_name)).toEqual(["layer 1", "layer 2", "layer 3"]);
      for (const row of answers[0]!) expect(row.ei).toBeGreaterThan(0);
      expect(answers[1]!.map((row) => row.seed)).toEqual([0n, 1n]);
      for (const row of answers[1]!) expect(Math.abs(row.r as number)).toBeLessThanOrEqual(1);
    },
  );
});

function queriesOf(): string[] {
  const text = readFileSync(new URL("../../docs/runs.md", import.meta.url), "utf8");
  return [...text.matchAll(/```sql\n(.*?)\n```/gs)].map(([, query]) => query!);
}
