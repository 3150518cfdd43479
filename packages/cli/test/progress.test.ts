import { describe, expect, it } from "vitest";
import { progress, timeLeft } from "../src/progress.ts";

describe("progress without a terminal", () => {
  it("writes a line for every tenth, with the time left", () => {
    let text = "";
    let clock = 0;
    const stderr = { write: (line: string) => (text += line) };
    const show = progress(stderr, false, 0, () => clock);
    for (let k = 0; k <= 20; k++) {
      clock = k * 1000;
      show.update(k / 20, `step ${k}`);
    }
    show.stop();
    expect(text.split("\n").slice(0, 3)).toEqual([
      "10 %  step 2  18 s left",
      "20 %  step 4  16 s left",
      "30 %  step 6  14 s left",
    ]);
    expect(text.split("\n").at(-2)).toBe("100 %  step 20");
  });

  it("does not count as work what was done before", () => {
    let text = "";
    let clock = 0;
    const show = progress({ write: (line: string) => (text += line) }, false, 0.5, () => clock);
    clock = 1000;
    show.update(0.6, "on");
    expect(text).toBe("60 %  on  4 s left\n");
  });

  it("is silent when quiet", () => {
    let text = "";
    const show = progress({ write: (line: string) => (text += line) }, true);
    show.update(0.5, "x");
    show.stop();
    expect(text).toBe("");
  });
});

describe("timeLeft", () => {
  it("speaks in seconds, minutes and hours, and not where it cannot know", () => {
    expect(timeLeft(1000, 0.5, 0.5)).toBe("1 s left");
    expect(timeLeft(60_000, 0.5, 0.5)).toBe("1 min 0 s left");
    expect(timeLeft(100_000, 0.01, 0.99)).toBe("2 h 45 min left");
    expect(timeLeft(1000, 0, 1)).toBe("");
    expect(timeLeft(1000, 1, 0)).toBe("");
  });

  it("says nothing before 2 % and 2 s, unless a tenth is done or a minute has passed", () => {
    expect(timeLeft(1000, 0.0001, 0.9999)).toBe("");
    expect(timeLeft(3000, 0.001, 0.999)).toBe("");
    expect(timeLeft(1900, 0.05, 0.95)).toBe("");
    expect(timeLeft(2000, 0.02, 0.98)).toBe("1 min 38 s left");
    expect(timeLeft(500, 0.1, 0.9)).toBe("5 s left");
    expect(timeLeft(59_000, 0.019, 0.981)).toBe("");
    expect(timeLeft(60_000, 0.01, 0.99)).toBe("1 h 39 min left");
  });
});
