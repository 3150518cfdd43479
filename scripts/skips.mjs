// Which of the tests that did not run may be skipped.
import { relative } from "node:path";

/**
 * Of a report as vitest writes it in JSON: why each test that did not run may be skipped, with how many have that reason, and the
 * titles of those for which no entry of `allowed` holds.
 */
export function sortSkips(report, allowed, root) {
  const possible = allowed.filter(({ when }) => when());
  const reasons = new Map();
  const unexplained = [];
  for (const { name, assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      if (status === "passed" || status === "failed") continue;
      const reason = possible.find(({ title }) => title.test(fullName))?.reason;
      if (reason === undefined) unexplained.push(`${relative(root, name)}: ${fullName}`);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return { reasons, unexplained };
}
