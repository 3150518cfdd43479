import { expect, test } from "vitest";
import { STUDIES } from "../golden/studies.mjs";
import { studies } from "../packages/studies/src/index.ts";

/** Their data are files that are not in the repository. */
const WITHOUT_DATA = ["fashion"];

test("golden values are recorded of every study whose data are at hand", () => {
  const recorded = new Set(Object.keys(STUDIES).map((key) => key.split(",")[0]));
  const all = studies.map(({ name }) => name).filter((name) => !WITHOUT_DATA.includes(name));
  expect([...recorded].sort()).toEqual(all.sort());
});
