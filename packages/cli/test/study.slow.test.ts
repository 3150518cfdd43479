/** The small study, disturbed at more places and with more workers than in study.test.ts. */
import { expect, test } from "vitest";
import { once } from "../../../test/once.ts";
import { filesIn, folderOfFile, temporaryFolder } from "../../runs/test/folders.ts";
import { bytesIn, expectFullDisk, expectResumed, SMALL, study } from "./small-study.ts";

const folder = folderOfFile();
const whole = once(async () => {
  await study(`${folder}/run`);
  return filesIn(`${folder}/run`);
});

test.each(["1", "2", "8"])("%s workers give the bytes of none", async (workers) => {
  const own = `${temporaryFolder()}/run`;
  expect((await study(own, [...SMALL, "--workers", workers])).status).toBe(0);
  expect(filesIn(own)).toEqual(await whole());
});

test.each([/^[12]0 %/, /^[34]0 %/, /^[45]0 %/, /^[5-8]0 %/, /^90 %/, /^100 %/])(
  "stopped by Ctrl-C at %s, it resumes to the same bytes",
  async (stopAt) => expectResumed(stopAt, await whole()),
);

test.each([9_000, 14_000, 30_000])("on a disk with room for %d bytes it resumes to the same bytes", async (room) =>
  expectFullDisk(room, await whole()),
);

test("on a disk with room for nine tenths it resumes to the same bytes", async () =>
  expectFullDisk(Math.round(0.9 * bytesIn(await whole())), await whole()));
