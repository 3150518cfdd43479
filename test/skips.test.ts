/** A test that is skipped without a reason counts as failed. */
import { expect, test } from "vitest";

interface Skip {
  readonly title: RegExp;
  readonly reason: string;
  readonly when: () => boolean;
}

const { sortSkips } = (await import(new URL("../scripts/skips.mjs", import.meta.url).href)) as {
  sortSkips(
    report: object,
    allowed: readonly Skip[],
    root: string,
  ): { reasons: Map<string, number>; unexplained: string[] };
};

const report = {
  testResults: [
    {
      name: "/here/test/a.test.ts",
      assertionResults: [
        { fullName: "a runs", status: "passed" },
        { fullName: "b fails", status: "failed" },
        { fullName: "c (needs c)", status: "skipped" },
        { fullName: "d (needs c)", status: "pending" },
        { fullName: "e (needs e)", status: "skipped" },
        { fullName: "f is to be written", status: "todo" },
      ],
    },
  ],
};

test("a skipped test needs an entry whose title matches and whose condition holds", () => {
  const { reasons, unexplained } = sortSkips(
    report,
    [
      { title: /needs c/, reason: "c is absent", when: () => true },
      { title: /needs e/, reason: "e is absent", when: () => false },
    ],
    "/here",
  );
  expect([...reasons]).toEqual([["c is absent", 2]]);
  expect(unexplained).toEqual(["test/a.test.ts: e (needs e)", "test/a.test.ts: f is to be written"]);
});
