import { describe, expect, it } from "vitest";
import type { RunData } from "../../runs/src/row-tables.ts";
import { haveLearned, learnedAbove, notLearned } from "../src/common/premise.ts";
import { layerEnds, runFindings } from "../src/reproduction/findings.ts";

interface Made {
  readonly study: string;
  /** Of each seed, at the end. */
  readonly accuracies: readonly number[];
  /** `[layer]` at the end, the same for each seed; at the start all are 0. */
  readonly sensitivity: readonly number[];
  readonly degeneracy: readonly number[];
  readonly classes?: number;
}

/** A run of five checkpoints in which every layer goes straight to its end, and the loss falls with it. */
function made({ study, accuracies, sensitivity, degeneracy, classes = 5 }: Made): RunData {
  const seeds = accuracies.map((_, seed) => seed);
  const epochs = [0, 1, 2, 3, 4];
  const way = [0, 0.5, 0.8, 0.95, 1];
  const rest = { standardError: 0, method: "exact", samples: 0, outside: 0, warnings: "" } as const;
  return {
    study,
    settings: [],
    seeds,
    layers: sensitivity.map((_, l) => ({
      name: `layer ${l + 1}`,
      inputs: 6,
      outputs: l === sensitivity.length - 1 ? classes : 6,
      activation: "sigmoid",
    })),
    lossName: "loss",
    version: "1.0.0",
    training: seeds.flatMap((seed) =>
      epochs.map((epoch, k) => ({
        seed,
        epoch,
        step: epoch,
        trainLoss: 1 - 0.9 * way[k]!,
        testLoss: 1,
        trainAccuracy: accuracies[seed]!,
        testAccuracy: epoch === 4 ? accuracies[seed]! : 0.2,
      })),
    ),
    measurements: seeds.flatMap((seed) =>
      epochs.flatMap((epoch, k) =>
        sensitivity.flatMap((_, layer) => {
          const [s, d] = [way[k]! * sensitivity[layer]!, way[k]! * degeneracy[layer]!];
          const values = { ei: s - d, eiParts: (s - d) / 2, sensitivity: s, degeneracy: d, phi: (s - d) / 2 } as const;
          return (Object.keys(values) as (keyof typeof values)[]).map((measure) => ({
            ...{ seed, epoch, layer, layerName: `layer ${layer + 1}`, measure, bits: values[measure], ...rest },
          }));
        }),
      ),
    ),
  };
}

const shallow = made({ study: "mnist-shallow", accuracies: [0.95, 0.96], sensitivity: [9, 8], degeneracy: [3, 1] });
const deep = (accuracies: readonly number[], ei: number) =>
  made({ study: "mnist-deep", accuracies, sensitivity: [9, 4, 4, 8], degeneracy: [3, 4 - ei, 4 - ei, 1] });
const nullcline = (runs: Parameters<typeof runFindings>[0]) =>
  runFindings(runs).find(({ claim }) => claim.includes("nullcline"))!;

describe("the premise that networks have learned", () => {
  it("is three quarters of the way from guessing to no errors, by every seed", () => {
    expect(learnedAbove(5)).toBeCloseTo(0.8, 15);
    expect(learnedAbove(2)).toBeCloseTo(0.875, 15);
    expect(haveLearned([0.8, 0.99], 5)).toBe(true);
    expect(haveLearned([0.79, 0.99], 5)).toBe(false);
    expect(haveLearned([], 5)).toBe(false);
    expect(notLearned([{ name: "a", accuracies: [0.95], classes: 5 }])).toBe("");
    expect(notLearned([{ name: "b", accuracies: [0.219, 0.95], classes: 5 }])).toBe(
      "b has not learned (accuracy 21.9 %, 95.0 %; at least 80.0 % of each seed is required)",
    );
  });
});

describe("the finding on redundant layers", () => {
  it("is not judged where the deep network has not learned", () => {
    const found = nullcline({ "mnist-shallow": shallow, "mnist-deep": deep([0.219, 0.219], 0) });
    expect(found.verdict).toBe("not judged");
    expect(found.because).toContain("mnist-deep has not learned (accuracy 21.9 %, 21.9 %");
  });

  it("is not judged where one seed has not learned, nor where the shallow network has not, nor where depth costs accuracy", () => {
    expect(nullcline({ "mnist-shallow": shallow, "mnist-deep": deep([0.96, 0.22], 0) }).verdict).toBe("not judged");
    const unlearned = { ...shallow, training: shallow.training.map((row) => ({ ...row, testAccuracy: 0.2 })) };
    expect(nullcline({ "mnist-shallow": unlearned, "mnist-deep": deep([0.96, 0.95], 0) }).verdict).toBe("not judged");
    const worse = nullcline({ "mnist-shallow": shallow, "mnist-deep": deep([0.91, 0.9], 0) });
    expect([worse.verdict, worse.because]).toEqual(["not judged", expect.stringContaining("not learned as well")]);
  });

  it("is judged on those that have learned, with EI, path length and distance by layer", () => {
    expect(nullcline({ "mnist-shallow": shallow, "mnist-deep": deep([0.95, 0.96], 0.5) }).verdict).toBe("holds");
    const found = nullcline({ "mnist-shallow": shallow, "mnist-deep": deep([0.95, 0.96], 3) });
    expect(found.verdict).toBe("does not hold");
    expect(found.found).toContain(
      "mnist-deep (95.5 %): EI 6.00 ± 0.00, 3.00 ± 0.00, 3.00 ± 0.00, 7.00 ± 0.00 (N = 2); path length in the plane 9.49",
    );
    const half = nullcline({
      "mnist-shallow": shallow,
      mnist: deep([0.2, 0.2], 3),
      "mnist-deep": deep([0.95, 0.96], 3),
    });
    expect([half.verdict, half.because]).toEqual([
      "does not hold",
      expect.stringContaining("Not judged by: mnist has"),
    ]);
  });

  it("measures ways and distances in the plane", () => {
    // Straight to (degeneracy 1, sensitivity 8): √65 long; (8 − 1) / √2 from the nullcline.
    const last = layerEnds(deep([0.95, 0.96], 3)).at(-1)!;
    expect(last.path.mean).toBeCloseTo(Math.sqrt(65), 12);
    expect(last.distance.mean).toBeCloseTo(7 / Math.SQRT2, 12);
    expect(last.ei.mean).toBeCloseTo(7, 12);
  });
});

describe("the other findings on learning", () => {
  it("are not judged on networks that have not learned", () => {
    const iris = made({ study: "iris", accuracies: [0.95, 0.97], sensitivity: [4, 4], degeneracy: [1, 1], classes: 3 });
    const mnist = (accuracies: readonly number[]) =>
      made({ study: "mnist", accuracies, sensitivity: [90, 8, 20], degeneracy: [3, 1, 1] });
    const verdicts = (accuracies: readonly number[]) =>
      runFindings({ iris, mnist: mnist(accuracies) }).map(({ verdict }) => verdict);
    expect(verdicts([0.95, 0.96])).toEqual(["holds", "holds", "holds"]);
    // How EI moves while the loss falls is still judged by the network that has learned.
    expect(verdicts([0.95, 0.3])).toEqual(["holds", "not judged", "not judged"]);
    const none = runFindings({ mnist: mnist([0.2, 0.2]) });
    expect(none.map(({ verdict }) => verdict)).toEqual(["not judged"]);
  });
});
