/** How `measure` shows values whose bracket is an estimate, and what it leaves when cancelled: the engine's answers are made by hand. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SamplingOptions } from "../../core/src/estimators/engine.ts";
import { type Estimate, estimate } from "../../core/src/information/estimate.ts";
import type { Mechanism } from "../../core/src/model/mechanism.ts";
import { causalscope } from "./harness.ts";

const joint = vi.hoisted(() => vi.fn());
vi.mock("../../core/src/estimators/joint.ts", async (original) => ({
  ...(await original<object>()),
  joint,
}));

const made = (of: Partial<Estimate>): Estimate =>
  estimate({ bits: 0, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [], ...of });

/** As of a layer of a hundred units. */
const LIKELY = made({
  bits: 153.21,
  standardError: 4.1,
  samples: 40_960,
  method: "likelihood",
  bracket: [145.32, 161.97],
  bracketError: [0.8, 1.2],
  bounds: [12.04, 235.2],
  evidence: {
    routes: { output: "likelihood", cell: "count" },
    effectiveSamples: 1240.4,
    guarded: 3,
    basis: "the upper end is proved but for its error",
  },
});
const COUNTED = made({ bits: 3.25, standardError: 0.01, samples: 20_480, method: "conditional", bounds: [0, 6] });

const stdin = JSON.stringify({
  inputRange: [0, 1],
  layers: [
    { name: "wide", weights: [[1, 1]], activation: "sigmoid" },
    { name: "narrow", weights: [[2], [3]], activation: "sigmoid" },
  ],
});

const measured = (...args: string[]) => causalscope(["measure", "-", "--workers", "0", ...args], { stdin });

/** Answers by the layer's name; where there is no answer, it waits to be cancelled after saying what it has. */
function answer(of: Record<string, Estimate | undefined>, soFar?: Estimate): void {
  joint.mockImplementation(async ({ name }: Mechanism, { onPartial, signal, onProgress }: SamplingOptions) => {
    const found = of[name];
    if (found !== undefined) return found;
    // A trial of what it will cost, which nothing cancels.
    if (signal === undefined) return COUNTED;
    if (soFar !== undefined) onPartial?.(soFar);
    // A bar that was drawn just now is not drawn again at once.
    const telling = setInterval(() => onProgress?.(0.5), 20);
    onProgress?.(0.5);
    return new Promise<never>((_, reject) => {
      const stop = () => {
        clearInterval(telling);
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
    });
  });
}

beforeEach(() => answer({ wide: LIKELY, narrow: COUNTED }));

describe("causalscope measure, where the bracket is an estimate", () => {
  it("prints it with EI, and a table of brackets with the errors of their ends and what is proved", async () => {
    const { status, stdout, stderr } = await measured();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/\nwide +8 +153\.2 ± 4\.1 \[145\.3, 162\.0\] +\d/);
    expect(stdout).toMatch(/\nnarrow +8 +3\.250 ± 0\.010 +\d/);
    const lines = stdout.slice(stdout.indexOf("Estimated brackets")).split("\n");
    const [, header, , ei, degeneracy, phi, end] = lines;
    expect(header).toMatch(/^layer +value +bracket +proved bounds$/);
    expect(ei).toMatch(/^wide +EI +\[145\.32 ± 0\.80, 162\.0 ± 1\.2\] +\[12\.0, 235\.2\]$/);
    expect(degeneracy).toMatch(
      /^wide +degeneracy +\[−1\d\d\.\d ± 1\.2, −1\d\d\.\d\d ± 0\.80\] +\[−2\d\d\.\d, −?\d+\.\d\]$/,
    );
    expect(phi).toMatch(/^wide +φ +\[1\d\d\.\d\d ± 0\.80, 1\d\d\.\d ± 1\.2\] +\[\d+\.\d, 2\d\d\.\d\]$/);
    expect(end).toBe("");
    expect(stdout).toContain(
      "[low, high]: bounds on the true EI; those in the table of estimated brackets are estimates.\n",
    );
    const tables = stdout.slice(0, stdout.indexOf("\nAll values are in bits.")).split("\n");
    expect(Math.max(...tables.map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it("says in one line for each such layer what stands behind it", async () => {
    const lines = (await measured()).stdout.split("\n").filter((line) => line.includes("H(Ŷ)"));
    expect(lines).toEqual([
      "wide, EI: H(Ŷ) from probabilities, H(Ŷ | cell) by counting; worth 1,240 independent samples; 3 draws guarded; the upper end is proved but for its error",
    ]);
    answer({ wide: { ...LIKELY, evidence: { ...LIKELY.evidence!, guarded: 0 } }, narrow: COUNTED });
    expect((await measured()).stdout).not.toContain("guarded");
  });

  it("prints as before where no bracket is an estimate", async () => {
    answer({ wide: COUNTED, narrow: { ...COUNTED, bounds: [3.2, 3.3] } });
    const { stdout } = await measured();
    expect(stdout).not.toContain("stimated");
    expect(stdout).toContain("[low, high]: bounds on the true EI.\n");
    expect(stdout).toMatch(/\nnarrow +8 +3\.250 ± 0\.010 \[3\.200, 3\.300\] /);
    expect(stdout).not.toMatch(/ \n/);
  });

  it("has all of it in JSON", async () => {
    const { layers } = JSON.parse((await measured("--json")).stdout);
    const { bracket, bracketError, bounds, evidence } = LIKELY;
    expect(layers[0].ei).toMatchObject({ bracket, bracketError, bounds, evidence });
    expect(layers[0].degeneracy).toMatchObject({ bracketError: [1.2, 0.8], evidence });
    expect(layers[0].phi).toMatchObject({ bracketError, evidence });
    expect(layers[1].ei).not.toHaveProperty("evidence");
  });

  it("has all of it in CSV, in columns of its own, empty where there is none", async () => {
    const { stdout } = await measured("--csv");
    const [header, ...rows] = stdout.trimEnd().split("\n");
    const from = header!.split(",").indexOf("bracket_lower_error");
    const ends = rows.map((row) =>
      row
        .split(",")
        .slice(from, from + 8)
        .join(),
    );
    expect(ends[0]).toBe("0.8,1.2,12.04,235.2,likelihood,count,1240.4,3");
    expect(ends[1]).toBe(",,,,,,,");
    expect(ends[3]).toMatch(/^1\.2,0\.8,-[\d.]+,-?[\d.]+,likelihood,count,1240\.4,3$/);
    expect(ends[5]).toBe(",,0,6,,,,");
  });

  it("asks for the likelihood method, and for what takes very long", async () => {
    await measured("--method", "likelihood", "--force");
    expect(joint.mock.lastCall![1]).toMatchObject({ method: "likelihood", force: true });
    await measured();
    expect(joint.mock.lastCall![1].force).toBeUndefined();
  });
});

describe("causalscope measure, cancelled", () => {
  const SO_FAR = { ...LIKELY, standardError: 9.3, bits: 150 };
  /** Ctrl-C while the layer without an answer is at work. */
  const cancelled = (...args: string[]) =>
    causalscope(["measure", "-", "--workers", "0", ...args], { stdin, terminal: true, stopAt: / [38]7 %/ });

  it("prints what is finished, and the value so far with its error and a mark", async () => {
    answer({ wide: COUNTED }, SO_FAR);
    const { status, stdout, stderr } = await cancelled();
    expect(status).toBe(130);
    expect(stderr).toContain("\u001b[31mcausalscope:\u001b[39m interrupted\n");
    expect(stdout).toMatch(/\nwide +8 +3\.250 ± 0\.010 +\d\.\d+ [^–]*\n/);
    expect(stdout).toMatch(/\nnarrow +8 +150\.0 ± 9\.3 \[145\.3, 162\.0\] +– +– +– +– {2}cancelled: so far\n/);
    expect(stdout).toMatch(/\nnarrow, EI: H\(Ŷ\) from probabilities/);
    expect(stdout).not.toContain("Cancelled before");
  });

  it("names what it had not begun", async () => {
    answer({ narrow: COUNTED }, SO_FAR);
    const { stdout } = await cancelled();
    expect(stdout).toMatch(/\nwide +8 +150\.0 ± 9\.3 .*cancelled: so far\n/);
    expect(stdout).toMatch(/\nCancelled before narrow\.\n$/);
  });

  it("prints nothing but that it was interrupted where there is nothing yet", async () => {
    answer({ narrow: COUNTED });
    const { status, stdout } = await cancelled();
    expect([status, stdout]).toEqual([130, ""]);
  });

  it("marks it in JSON and CSV", async () => {
    answer({ wide: COUNTED }, SO_FAR);
    const { layers } = JSON.parse((await cancelled("--json")).stdout);
    expect(layers[0]).not.toHaveProperty("cancelled");
    expect(layers[1]).toMatchObject({ name: "narrow", cancelled: true, ei: { bits: 150, standardError: 9.3 } });
    expect(layers[1]).not.toHaveProperty("phi");
    const rows = (await cancelled("--csv")).stdout.trimEnd().split("\n").slice(1);
    expect(rows).toHaveLength(6);
    expect(rows[5]).toMatch(/^1,narrow,1,2,sigmoid,ei,150,9\.3,.*,cancelled: so far,/);
  });

  it("keeps the finished points of a sweep", async () => {
    let asked = 0;
    const slow = joint.getMockImplementation()!;
    answer({}, SO_FAR);
    const wait = joint.getMockImplementation()!;
    // Trials of what it will cost are not asked for.
    const isTrial = (options: SamplingOptions) => options.signal === undefined;
    joint.mockImplementation((of, options) =>
      isTrial(options) || asked++ === 0 ? slow(of, options) : wait(of, options),
    );
    const { stdout } = await causalscope(["measure", "-", "--workers", "0", "--sweep", "4,8,16"], {
      stdin,
      terminal: true,
      stopAt: / 29 %/,
    });
    expect(stdout).toMatch(/\nwide +4 +153\.2 ± 4\.1 [^–]*\n/);
    expect(stdout).toMatch(/\nwide +8 +150\.0 ± 9\.3 .*cancelled: so far\n/);
    expect(stdout).not.toMatch(/\nwide +16 /);
    expect(stdout).toMatch(/\nCancelled before narrow\.\n$/);
  });
});
