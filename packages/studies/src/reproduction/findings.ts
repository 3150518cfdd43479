/** What training runs say about the claims of Mattsson, Michaud & Hoel (2020) on learning. */
import { greatest } from "@causalscope/core/basics";
import { hypot, rankCorrelation } from "@causalscope/core/internal";
import type { MeasureName } from "@causalscope/core/measures";
import type { Finding, RunData } from "@causalscope/runs";
import { allPlusMinus, type Group, group, plusMinus } from "@causalscope/runs/internal";
import { type Learner, notLearned, presupposing } from "../common/premise.ts";
import { about as irisAbout } from "../iris/about.ts";
import * as about from "../mnist/about.ts";

/** Runs by the name of their study; those that are missing leave out what rests on them. */
export type RunsByStudy = Readonly<Partial<Record<string, RunData>>>;

function bothOf(runs: RunsByStudy) {
  return { mnist: runs[about.standard.name], iris: runs[irisAbout.name] };
}

/**
 * What training runs say of the claims of Mattsson, Michaud & Hoel (2020) on learning, each with a verdict.
 *
 * @param runs By the names of their studies; claims that need a missing run are left out.
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/iris-60", { options: { seeds: [0], epochs: 60, every: 20 } });
 * const findings = runFindings({ iris: trainingDataOf(await readStudyRun("runs/iris-60")) });
 * console.log(findings.map(({ verdict }) => verdict)); // [ 'not judged' ]
 * ```
 */
export function runFindings(runs: RunsByStudy): Finding[] {
  return [...steepestLoss(runs), ...differentiation(runs), ...nullcline(runs), ...integration(runs)];
}

/** `[epoch][layer]` of one seed, epochs ascending. */
function series(run: RunData, seed: number, measure: MeasureName): { epoch: number; bits: number[] }[] {
  const byEpoch = new Map<number, number[]>();
  for (const row of run.measurements) {
    if (row.seed !== seed || row.measure !== measure) continue;
    const bits = byEpoch.get(row.epoch) ?? [];
    bits[row.layer] = row.bits;
    byEpoch.set(row.epoch, bits);
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, bits]) => ({ epoch, bits }));
}

/** Spearman's ρ between the fall of the training loss and Σ |ΔEI| over the steps of a run. */
export function learningCorrelation(run: RunData, seed: number): number {
  const losses = new Map(run.training.filter((row) => row.seed === seed).map((row) => [row.epoch, row.trainLoss]));
  const ei = series(run, seed, "ei");
  const falls: number[] = [];
  const moves: number[] = [];
  for (let k = 1; k < ei.length; k++) {
    const [before, now] = [ei[k - 1]!, ei[k]!];
    falls.push(losses.get(before.epoch)! - losses.get(now.epoch)!);
    moves.push(now.bits.reduce((sum, bits, layer) => sum + Math.abs(bits - before.bits[layer]!), 0));
  }
  return rankCorrelation(falls, moves);
}

function steepestLoss(runs: RunsByStudy): Finding[] {
  const followed = Object.entries(runs).flatMap(([name, run]) =>
    run === undefined || series(run, run.seeds[0]!, "ei").length < 4 ? [] : [{ name, run }],
  );
  if (followed.length === 0) return [];
  const found = followed.map(({ name, run }) => ({
    name,
    rho: group(run.seeds.map((seed) => learningCorrelation(run, seed))),
    missing: notLearned([learnerOf(name, run)]),
  }));
  // Of a network that does not learn there is no steepest fall.
  const judged = found.filter(({ missing }) => missing === "");
  const missing = found.flatMap((each) => (each.missing === "" ? [] : [each.missing])).join("; ");
  const all = judged.every(({ rho }) => rho.low > 0);
  const none = judged.every(({ rho }) => rho.mean <= 0);
  return [
    presupposing(judged.length === 0 ? missing : "", {
      claim: "EI changes most while the loss falls most steeply.",
      paper: "The largest changes in EI occur during the steepest fall of the loss (figure 2).",
      found: `Spearman's ρ between the fall of the loss and Σ |ΔEI| over the steps: ${found.map(({ name, rho }) => `${name} ${plusMinus(rho)}`).join(", ")}.`,
      verdict: all ? "holds" : none ? "does not hold" : "holds in part",
      because: [
        "This is a rank correlation over all steps, including late ones in which loss and EI hardly change.",
        ...(missing === "" ? [] : [`Not judged by: ${missing}.`]),
      ].join(" "),
    }),
  ];
}

/** Mean distance of the layers from their common centre in the causal plane at the last epoch, in bits. */
export function spreadOfLayers(run: RunData, seed: number): number {
  const [x, y] = [series(run, seed, "degeneracy").at(-1)!.bits, series(run, seed, "sensitivity").at(-1)!.bits];
  const centre = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [cx, cy] = [centre(x), centre(y)];
  return x.reduce((sum, value, layer) => sum + hypot(value - cx, y[layer]! - cy), 0) / x.length;
}

function differentiation(runs: RunsByStudy): Finding[] {
  const { mnist, iris } = bothOf(runs);
  if (mnist === undefined || iris === undefined) return [];
  const [m, i] = [mnist, iris].map((run) => group(run.seeds.map((seed) => spreadOfLayers(run, seed)))) as [
    Group,
    Group,
  ];
  const hidden = [mnist, iris].map((run) =>
    group(run.seeds.map((seed) => spreadOfLayers(withoutFirst(run), seed))),
  ) as [Group, Group];
  const holds = m.low > i.high;
  const hiddenHolds = hidden[0].low > hidden[1].high;
  return [
    presupposing(notLearned([learnerOf(about.standard.name, mnist), learnerOf(irisAbout.name, iris)]), {
      claim: "Layers of the MNIST network spread in the causal plane; those of the Iris network do not.",
      paper:
        "The layers of the network that learns MNIST differentiate in the causal plane more than those of Iris (figure 4).",
      found: `Mean distance of the layers from their centre at the end: MNIST ${plusMinus(m)}, Iris ${plusMinus(i)} bits; without the first layer ${plusMinus(hidden[0])} and ${plusMinus(hidden[1])}.`,
      verdict: holds && hiddenHolds ? "holds" : holds || hiddenHolds ? "holds in part" : "does not hold",
      because:
        "The first layer of MNIST has 25 inputs, each with its own sensitivity, which puts it far from the others whatever was learned. The value without it compares layers of similar size.",
    }),
  ];
}

function withoutFirst(run: RunData): RunData {
  const measurements = run.measurements
    .filter(({ layer }) => layer > 0)
    .map((row) => ({ ...row, layer: row.layer - 1 }));
  return { ...run, measurements };
}

/** Accuracy that a network may lack beside the shallow one and still be said to have learned as well. */
const AS_GOOD = 0.02;
/** Bits of EI below which a layer is near the nullcline. */
const NEAR = 1;

/** How a layer ends in the causal plane, over the seeds. */
export interface LayerEnd {
  readonly ei: Group;
  /** Of the way through the plane, from checkpoint to checkpoint, in bits. */
  readonly path: Group;
  /** From the nullcline at the end, at right angles: EI / √2, in bits. */
  readonly distance: Group;
}

/** EI, way and place of each layer of a run. */
export function layerEnds(run: RunData): LayerEnd[] {
  const places = run.seeds.map((seed) => ({
    ei: series(run, seed, "ei"),
    x: series(run, seed, "degeneracy"),
    y: series(run, seed, "sensitivity"),
  }));
  return run.layers.map((_, layer) => ({
    ei: group(places.map(({ ei }) => ei.at(-1)!.bits[layer]!)),
    path: group(
      places.map(({ x, y }) =>
        x.slice(1).reduce((sum, { bits }, k) => {
          const across = bits[layer]! - x[k]!.bits[layer]!;
          return sum + hypot(across, y[k + 1]!.bits[layer]! - y[k]!.bits[layer]!);
        }, 0),
      ),
    ),
    distance: group(places.map(({ x, y }) => (y.at(-1)!.bits[layer]! - x.at(-1)!.bits[layer]!) / Math.SQRT2)),
  }));
}

function nullcline(runs: RunsByStudy): Finding[] {
  const shallow = runs[about.shallow.name];
  const deeper = [about.standard.name, about.deep.name].filter((name) => runs[name] !== undefined);
  if (shallow === undefined || deeper.length === 0) return [];
  const found = [about.shallow.name, ...deeper].map((name) => {
    const run = runs[name]!;
    const learner = learnerOf(name, run);
    return { name, layers: layerEnds(run), learner, accuracy: group(learner.accuracies) };
  });
  const base = found[0]!;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const premises = found.map(({ name, learner, accuracy }) => {
    const missing = notLearned([learner]);
    if (missing !== "" || accuracy.mean >= base.accuracy.mean - AS_GOOD) return missing;
    return `${name} has not learned as well as the shallow network (${percent(accuracy.mean)} against ${percent(base.accuracy.mean)}), which would mean that no layer is redundant`;
  });
  const judged = premises[0] === "" ? found.slice(1).filter((_, k) => premises[k + 1] === "") : [];
  const missing = premises.filter((premise) => premise !== "").join("; ");
  const hidden = judged.flatMap(({ layers }) => layers.slice(1, -1));
  const near = hidden.filter(({ ei }) => ei.mean < NEAR).length;
  const lines = found.map(({ name, layers, accuracy }) => {
    const of = (what: keyof LayerEnd) => allPlusMinus(layers.map((layer) => layer[what]));
    return `${name} (${percent(accuracy.mean)}): EI ${of("ei")}; path length in the plane ${of("path")}; distance from the nullcline ${of("distance")}`;
  });
  return [
    presupposing(judged.length === 0 ? missing : "", {
      claim: "Layers that a task does not need stay near the nullcline, where EI is 0.",
      paper: "Redundant layers lie near the nullcline of the causal plane.",
      found: `By layer, in bits, with test accuracy: ${lines.join(". ")}.`,
      verdict: near === hidden.length ? "holds" : near > 0 ? "holds in part" : "does not hold",
      because: [
        `One hidden layer does as well, so the layers between hidden ones are redundant for the task; ${near} of these ${hidden.length} have less than ${NEAR} bit of EI.`,
        ...(missing === "" ? [] : [`Not judged by: ${missing}.`]),
      ].join(" "),
    }),
  ];
}

/** Test accuracy of each seed at the last epoch. */
function learnerOf(name: string, run: RunData): Learner {
  const last = greatest(run.training.map(({ epoch }) => epoch));
  const accuracies = run.training.filter(({ epoch }) => epoch === last).map((row) => row.testAccuracy);
  return { name, accuracies, classes: run.layers.at(-1)!.outputs };
}

function integration(runs: RunsByStudy): Finding[] {
  const { mnist, iris } = bothOf(runs);
  if (mnist === undefined || iris === undefined) return [];
  const phi = (run: RunData) =>
    group(
      run.seeds.map((seed) => {
        const { bits } = series(run, seed, "phi").at(-1)!;
        return bits.reduce((sum, value) => sum + value, 0) / bits.length;
      }),
    );
  const [m, i] = [phi(mnist), phi(iris)];
  return [
    presupposing(notLearned([learnerOf(about.standard.name, mnist), learnerOf(irisAbout.name, iris)]), {
      claim: "φ_feedforward is larger in the network that learns MNIST than in that of Iris.",
      paper: "The harder task leads to more integration (figure 5).",
      found: `Mean φ of the layers at the end: MNIST ${plusMinus(m)} (${m.low.toFixed(2)} to ${m.high.toFixed(2)}), Iris ${plusMinus(i)} (${i.low.toFixed(2)} to ${i.high.toFixed(2)}) bits.`,
      verdict: m.low > i.high ? "holds" : m.mean > i.mean ? "holds in part" : "does not hold",
      because:
        "The layers of the MNIST network are also wider; φ of a layer can be as large as the number of bits of its outputs.",
    }),
  ];
}
