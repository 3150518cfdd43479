/**
 * The tests that may be skipped: whose full title matches, where `when()` holds. scripts/test.mjs counts every other skipped test as failed,
 * so that a test cannot fall silent.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const noChromium = () => !existsSync(process.env.CHROMIUM ?? "/usr/bin/chromium");

/** @type {readonly { title: RegExp, reason: string, when: () => boolean }[]} */
export const allowedSkips = [
  { title: /\(skipped: no Chromium at /, reason: "Chromium is not installed", when: noChromium },
  { title: /^Chromium \(skipped: none at /, reason: "Chromium is not installed", when: noChromium },
  {
    title: /^Firefox \(skipped: none at /,
    reason: "Firefox is not installed",
    when: () => !existsSync(process.env.FIREFOX ?? "/usr/bin/firefox-esr"),
  },
  {
    title: /\(needs ffmpeg\)$/,
    reason: "ffmpeg is not installed",
    when: () => spawnSync("ffmpeg", ["-version"], { stdio: "ignore" }).status !== 0,
  },
  { title: /^zsh \(needs zsh\) /, reason: "zsh is not installed", when: () => isMissing("zsh") },
  { title: /^fish \(needs fish\) /, reason: "fish is not installed", when: () => isMissing("fish") },
  {
    title: /\(needs dataset-fashion-mnist\)$/,
    reason: "Debian's package dataset-fashion-mnist is not installed",
    when: () => !existsSync("/usr/share/datasets/fashion-mnist"),
  },
  {
    title: /\(needs @duckdb\/node-api: npm install --no-save\)$/,
    reason: "@duckdb/node-api is not installed",
    when: () => !isInstalled("@duckdb/node-api"),
  },
];

function isMissing(shell) {
  return spawnSync(shell, ["-c", ":"], { stdio: "ignore" }).status !== 0;
}

function isInstalled(name) {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
