/**
 * What breaks without which neurons: networks are trained, their hidden units scored, and held at constants in order of their scores
 * (Amjad, Liu & Geiger 2021), over the whole network and within each layer, beside random orders.
 */
import { placeKey } from "../../ablation/ablator.ts";
import { type AblationResult, type CurvePoint, cumulativeAblation, placesOf } from "../../ablation/cumulative.ts";
import { type CurveReading, type CurveSummary, summarizeAblation } from "../../ablation/curve.ts";
import { type PairEffect, type UnitEffect, unitEffects } from "../../ablation/effects.ts";
import type { ReplacementSpec } from "../../ablation/replacement.ts";
import { type ScoreName, scoreNames, unitScores } from "../../ablation/scores.ts";
import { split } from "../../datasets/dataset.ts";
import { breathe } from "../../engines/breathe.ts";
import type { Classifier } from "../../network/graph-classifier.ts";
import { type NeuronInformation, neuronInformation } from "../../observational/neuron-information.ts";
import type { QuantizerSpec } from "../../observational/quantizer.ts";
import { createNetwork } from "../../training/initialize.ts";
import { type TrainingData, train } from "../../training/train.ts";
import type { Question } from "../run-file.ts";
import type { ValueRow } from "../table.ts";
import { dataOf, type Group, group, plusMinus } from "./comparison.ts";
import { inParts, type Part, type PartContext, plainValue, valueRows } from "./grid.ts";
import { requireOption, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import { rankCorrelation } from "./rank-correlation.ts";
import type { Finding, ValueStudy } from "./study.ts";
import { networkSpec, type TrainingOptions, type TrainingQuestion, trainingRules, trainingStudy } from "./training.ts";

export const REGULARIZERS = ["none", "l2", "dropout", "batch-norm"] as const;
export type Regularizer = (typeof REGULARIZERS)[number];

export interface AblationStudyOptions {
  readonly seeds: readonly number[];
  readonly data: TrainingOptions["data"];
  readonly source: TrainingOptions["source"] | null;
  /** Hidden widths. */
  readonly net: readonly number[];
  readonly activation: TrainingOptions["activation"];
  readonly regularizer: Regularizer;
  readonly epochs: number;
  readonly scores: readonly ScoreName[];
  /** Of the states that neurons are read by: 1 is a threshold, more are as many bins of equal mass. */
  readonly quantizerBits: number;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  /** Stops of orders by a score: as many as units at most. */
  readonly points: number;
  /** Resamples of the test examples. */
  readonly bootstrap: number;
  /** Null: what the data set has by default. */
  readonly trainRows: number | null;
  /** 0: all that are left; null: 2,000 of images in files, else all. */
  readonly testRows: number | null;
}

export type AblationQuestion = Question & AblationStudyOptions;

const DEFAULTS: AblationStudyOptions = {
  seeds: [0, 1],
  data: "digits",
  source: null,
  net: [100, 100],
  activation: "relu",
  regularizer: "dropout",
  epochs: 25,
  scores: ["information", "information8", "weight-spread", "damage"],
  quantizerBits: 1,
  replacement: "zero",
  repetitions: 20,
  points: 200,
  bootstrap: 200,
  trainRows: null,
  testRows: null,
};

const any = trainingStudy({ name: "ablation", summary: "", data: "digits", anyData: true, defaults: () => ({}) });

/** Weight decay, and the share of dropped units, of the published comparison. */
const L2 = 1e-3;
const DROPOUT = 0.5;

export const ablationStudy: ValueStudy<AblationStudyOptions, AblationQuestion> = {
  kind: "values",
  name: "ablation",
  summary: "which neurons a classifier can lose: information-ordered cumulative ablation, whole network and per layer",
  question: (options, who: Who<AblationStudyOptions> = (option) => `study ablation: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    requireOption(
      Array.isArray(asked.net) && asked.net.length > 0,
      who("net"),
      "hidden widths, such as 100-100",
      asked.net,
    );
    requireOption(
      REGULARIZERS.includes(asked.regularizer),
      who("regularizer"),
      `one of ${REGULARIZERS.join(", ")}`,
      asked.regularizer,
    );
    requireWhole(asked.epochs, 1, 1e6, who("epochs"));
    requireWhole(asked.quantizerBits, 1, 12, who("quantizerBits"));
    requireWhole(asked.repetitions, 1, 10_000, who("repetitions"));
    requireWhole(asked.points, 1, 1e6, who("points"));
    requireWhole(asked.bootstrap, 0, 10_000, who("bootstrap"));
    if (asked.testRows !== null) requireWhole(asked.testRows, 0, 1e6, who("testRows"));
    if (asked.trainRows !== null) requireWhole(asked.trainRows, 1, 1e6, who("trainRows"));
    const known =
      Array.isArray(asked.scores) && asked.scores.length > 0 && asked.scores.every((name) => scoreNames.includes(name));
    requireOption(known, who("scores"), `some of ${scoreNames.join(", ")}`, asked.scores);
    // Says what is wrong with data and widths.
    trainingOf(asked);
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  plan: trainingOf,
  results: (asked, context) => inParts(parts(asked), context),
  seconds: ({ seeds, epochs, net, scores, data }) => {
    const units = net.reduce((sum, width) => sum + width, 0);
    const share = IMAGES[data] === undefined ? 0.3 : 1;
    return share * seeds.length * (epochs * 0.3 + units * scores.length * 0.02);
  },
  settings: (asked) => {
    const training = trainingOf(asked);
    return [
      ["network", `${training.layers.join(" → ")}, ${asked.activation}, softmax at the end`],
      [
        "data",
        `${asked.data}, ${training.trainRows} examples to learn from, ${testRowsOf(asked) || "all others"} to test`,
      ],
      [
        "regularizer",
        `${asked.regularizer}${asked.regularizer === "l2" ? ` ${L2}` : asked.regularizer === "dropout" ? ` ${DROPOUT}` : ""}`,
      ],
      ["training", `Adam, learning rate 0.001, batches of ${training.batch}, ${asked.epochs} epochs`],
      ["scores", `${asked.scores.join(", ")}, on the examples that were learned from`],
      [
        "neurons are read by",
        asked.quantizerBits === 1 ? "a threshold" : `${2 ** asked.quantizerBits} bins of equal mass`,
      ],
      ["removed units are held at", `${asked.replacement}`],
      ["random orders", `${asked.repetitions}`],
      ["resamples of the test examples", `${asked.bootstrap}`],
      ["seeds", asked.seeds.join(", ")],
    ];
  },
  findings: ({ scores, regularizer }, values) => ablationFindings(scores, values, regularizer),
};

/** Pixels and classes of data that are images in files. */
const IMAGES: Readonly<Record<string, { readonly side: number; readonly features: number }>> = {
  mnist: { side: 28, features: 784 },
  fashion: { side: 28, features: 784 },
  cifar10: { side: 32, features: 3072 },
};

function trainingOf(asked: AblationStudyOptions): TrainingQuestion {
  const { data, source, net, activation, regularizer, epochs, seeds, trainRows } = asked;
  const images = IMAGES[data];
  const [features, classes] = images ? [images.features, 10] : data === "digits" ? [64, 10] : [2, 2];
  const rows = trainRows ?? (images ? 8000 : undefined);
  return any.question({
    data,
    source: source ?? (images ? "files" : "embedded"),
    ...(images && { side: images.side, classes: 10 }),
    ...(rows !== undefined && { trainRows: rows }),
    layers: [features, ...net, classes],
    activation,
    outputActivation: "softmax",
    bias: true,
    initializer: "he",
    optimizer: "adam",
    learningRate: 0.001,
    batch: Math.min(images ? 128 : 32, rows ?? Infinity),
    loss: "cross-entropy",
    reduction: "mean",
    epochs,
    every: epochs,
    seeds,
    l2: regularizer === "l2" ? L2 : 0,
    dropout: regularizer === "dropout" ? DROPOUT : 0,
    batchNorm: regularizer === "batch-norm",
  });
}

function quantizerOf({ quantizerBits }: AblationStudyOptions): QuantizerSpec {
  return quantizerBits === 1 ? { kind: "threshold" } : { kind: "equal-mass", bins: 2 ** quantizerBits };
}

/** 0: all. */
function testRowsOf({ testRows, data }: AblationStudyOptions): number {
  return testRows ?? (IMAGES[data] === undefined ? 0 : 2000);
}

function parts(asked: AblationQuestion): Part[] {
  const training = trainingOf(asked);
  return asked.seeds.map(
    (seed): Part => ({ at: `seed ${seed}`, rows: (context) => ablated(asked, training, seed, context) }),
  );
}

async function ablated(
  asked: AblationQuestion,
  training: TrainingQuestion,
  seed: number,
  context: PartContext,
): Promise<ValueRow[]> {
  const { signal, onProgress } = context;
  const data = await dataOf(training, context);
  const testRows = testRowsOf(asked);
  const some = testRows > 0 && testRows < data.test!.rows;
  const test = some ? split(data.test!, testRows, seed).train : data.test!;
  let network = createNetwork({ ...networkSpec(training), seed });
  const rules = { ...trainingRules(training), seed, signal, pause: breathe };
  for await (const found of train(network, data, {
    ...rules,
    onProgress: ({ epoch }) => onProgress((0.5 * epoch) / asked.epochs),
  })) {
    network = found.network;
  }
  return ablationRows(
    network,
    { train: data.train, test },
    {
      ...asked,
      quantizer: quantizerOf(asked),
      seed,
      signal,
      onProgress: (share) => onProgress(0.5 + 0.5 * share),
    },
  );
}

export interface AblationRowOptions {
  readonly scores: readonly ScoreName[];
  /** Default: one threshold, by the activation. */
  readonly quantizer?: QuantizerSpec;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  readonly points: number;
  readonly bootstrap: number;
  readonly seed: number;
  /** `network`, or layers from 0. Default: all of them. */
  readonly scopes?: readonly AblationResult["scope"][];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (share: number) => void;
}

/** Every scope's curves and summaries, and the mean information of each layer, as rows. Accuracies are of the test part. */
export async function ablationRows(
  network: Classifier,
  { train: learned, test = learned }: TrainingData,
  options: AblationRowOptions,
): Promise<ValueRow[]> {
  const { scores: names, replacement, repetitions, points, bootstrap, seed, signal, onProgress } = options;
  const hidden = network.layers.length - 1;
  const { scopes = ["network", ...Array.from({ length: hidden }, (_, l) => l)] } = options;
  const read = options.quantizer && { quantizer: options.quantizer };
  const scores = await unitScores(network, learned, names, { replacement, seed, ...read });
  const neurons = await neuronInformation(network, learned, { ...read });
  const rows: ValueRow[] = [];
  const chance = Math.max(...counts(test.labels!)) / test.rows;
  const places = placesOf(network, scopes.length === 1 ? scopes[0]! : "network");
  const effects = await unitEffects(network, test, places, {
    train: learned,
    replacement,
    seed,
    ...(signal && { signal }),
  });
  for (const [k, scope] of scopes.entries()) {
    const result = await cumulativeAblation(network, learned, test, {
      scope,
      scores,
      replacement,
      repetitions,
      points: Math.min(points, placesOf(network, scope).length),
      bootstrap,
      seed,
      ...(signal && { signal }),
    });
    const place = { seed, scope: scopeName(scope) };
    const own = neurons.filter(({ layer }) => (scope === "network" ? layer < hidden : layer === scope));
    const inactive = own.filter(({ entropy }) => entropy === 0).length;
    const summary = summarizeAblation(result, { inactive, chance, effects });
    const mean = own.reduce((sum, { corrected }) => sum + corrected, 0) / own.length;
    rows.push(
      ...curveRows(place, result),
      ...valueRows(
        { ...place, ...EMPTY },
        { information: plainValue(mean), inactive: plainValue(inactive), units: plainValue(result.units) },
      ),
      ...summaryRows(place, summary),
    );
    if (names.includes("information") && names.includes("damage")) {
      const keys = placesOf(network, scope).map(placeKey);
      const of = (score: ScoreName) => keys.map((key) => scores[score].get(key)!);
      const rankCorrelationWithDamage = plainValue(rankCorrelation(of("information"), of("damage")));
      rows.push(...valueRows({ ...place, ...EMPTY }, { rankCorrelationWithDamage }));
    }
    onProgress?.((k + 1) / scopes.length);
    await breathe();
  }
  rows.push(...unitRows(seed, neurons, effects));
  return rows;
}

/** As rows and figures name it: layers from 1. */
export function scopeName(scope: AblationResult["scope"]): string {
  return scope === "network" ? "network" : `layer ${scope + 1}`;
}

function counts(labels: Int32Array): number[] {
  const found: number[] = [];
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found.map((count) => count ?? 0);
}

const EMPTY = { score: "", direction: "", repetition: 0, removed: 0, class: "", neuron: "" };

/** What each unit knows, and what is lost without it alone. */
function unitRows(seed: number, neurons: readonly NeuronInformation[], effects: readonly UnitEffect[]): ValueRow[] {
  const known = new Map(neurons.map((neuron) => [placeKey(neuron), neuron]));
  return effects.flatMap(({ place, accuracyDrop, lossRise, standardError }) => {
    const { information, entropy } = known.get(placeKey(place))!;
    return valueRows(
      { seed, scope: scopeName(place.layer), ...EMPTY, neuron: `${place.unit}` },
      {
        unitInformation: plainValue(information),
        unitEntropy: plainValue(entropy),
        unitAccuracyDrop: plainValue(accuracyDrop),
        unitLossRise: plainValue(lossRise, standardError),
      },
    );
  });
}

/** Two units of a layer held together; the same columns as of the curves. */
export function pairRows(seed: number, pairs: readonly PairEffect[]): ValueRow[] {
  return pairs.flatMap(({ first, second, accuracyExcess, lossExcess, standardError }) =>
    valueRows(
      { seed, scope: scopeName(first.layer), ...EMPTY, neuron: `${first.unit}, ${second.unit}` },
      { pairAccuracyExcess: plainValue(accuracyExcess), pairLossExcess: plainValue(lossExcess, standardError) },
    ),
  );
}

/** Stops at which accuracies of single classes are kept: as fine as areas are read. */
const CLASS_STOPS = 20;

function curveRows(place: { seed: number; scope: string }, { curves, units }: AblationResult): ValueRow[] {
  return curves.flatMap(({ score, direction, repetition, points }) => {
    const coarse = new Set(
      Array.from({ length: CLASS_STOPS + 1 }, (_, k) => {
        const wanted = Math.round((k * units) / CLASS_STOPS);
        return points.find(({ removed }) => removed >= wanted)!.removed;
      }),
    );
    return points.flatMap((point) => {
      const { removed, accuracy, loss, perClass } = point;
      const at = { ...place, ...EMPTY, score, direction, repetition, removed };
      const rows = valueRows(at, {
        testAccuracy: plainValue(accuracy, resampledError(point)),
        testLoss: plainValue(loss),
      });
      if (direction === "random" || !coarse.has(removed)) return rows;
      const classes = [...perClass].flatMap((own, label) =>
        valueRows({ ...at, class: `${label}` }, { classAccuracy: plainValue(own) }),
      );
      return [...rows, ...classes];
    });
  });
}

/** Standard deviation over the resamples of the test examples. */
function resampledError({ resampled }: CurvePoint): number {
  if (resampled === undefined) return 0;
  const mean = resampled.reduce((sum, value) => sum + value, 0) / resampled.length;
  const square = resampled.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(square / Math.max(1, resampled.length - 1));
}

function summaryRows(
  place: { seed: number; scope: string },
  { scores, random }: ReturnType<typeof summarizeAblation>,
): ValueRow[] {
  const setting = (score: string, direction: string) => ({ ...place, ...EMPTY, score, direction });
  return [
    ...valueRows(setting("random", "random"), {
      area: plainValue(random.mean, random.deviation),
      sufficient: plainValue(random.sufficient.mean),
      sufficientLow: plainValue(random.sufficient.low),
      sufficientHigh: plainValue(random.sufficient.high),
      necessary: plainValue(random.necessary.mean),
      necessaryLow: plainValue(random.necessary.low),
      necessaryHigh: plainValue(random.necessary.high),
    }),
    ...scores.flatMap((summary) => [
      ...valueRows(setting(summary.score, "ascending"), {
        area: plainValue(summary.lowFirst, errorOf(summary, "lowFirst")),
      }),
      ...valueRows(setting(summary.score, "descending"), {
        area: plainValue(summary.highFirst, errorOf(summary, "highFirst")),
        gap: plainValue(summary.gap, errorOf(summary, "gap")),
        sufficient: plainValue(summary.sufficient),
        sufficientLow: given(summary.intervals?.sufficient[0]),
        sufficientHigh: given(summary.intervals?.sufficient[1]),
        necessary: plainValue(summary.necessary),
        necessaryLow: given(summary.intervals?.necessary[0]),
        necessaryHigh: given(summary.intervals?.necessary[1]),
        removable: plainValue(summary.removable),
        redundant: plainValue(summary.redundant),
        synergistic: given(summary.synergistic),
        excess: given(summary.excess),
      }),
    ]),
  ];
}

/** No row of what was not asked for. */
function given(value: number | undefined) {
  return value === undefined ? undefined : plainValue(value);
}

/** Standard error from the 95 % interval over the resamples. */
function errorOf({ intervals }: CurveSummary, name: keyof CurveReading): number {
  return intervals === undefined ? 0 : (intervals[name][1] - intervals[name][0]) / (2 * 1.959964);
}

/** A rank correlation below this, either way, is weak. */
const WEAK = 0.5;

/** Random orders may keep so much less and still count as no worse. */
const SLACK = 0.01;

/**
 * What curves over the whole network and within each layer say of the claims about them.
 *
 * @param how what the networks were trained with; undefined where that is not known.
 */
export function ablationFindings(
  scores: readonly ScoreName[],
  values: readonly ValueRow[],
  how: string | undefined,
): Finding[] {
  const scopes = [...new Set(values.map(({ setting }) => setting.scope as string))];
  const layers = scopes.filter((scope) => scope !== "network");
  const of = (measure: string, scope: string, score: string, direction: string): Group =>
    group(values.filter(isOf(measure, scope, score, direction)).map(({ bits }) => bits));
  const [score] = scores as readonly [ScoreName];
  const gap = (scope: string, name: string = score) => apart(values.filter(isOf("gap", scope, name, "descending")));
  const line = (scope: string) =>
    `${scope}: low first ${plusMinus(of("area", scope, score, "ascending"), 3)}, high first ${plusMinus(of("area", scope, score, "descending"), 3)}, random ${plusMinus(of("area", scope, "random", "random"), 3)}`;
  const information = layers.map((scope) => `${scope} ${plusMinus(of("information", scope, "", ""), 3)}`);
  const signs = layers.map((scope) => gap(scope).sign);
  const [more, less] = [signs.filter((sign) => sign > 0).length, signs.filter((sign) => sign < 0).length];
  const whole = gap("network").sign;
  const spare = layers.map((scope) => ({ scope, found: apart(spareOf(values, scope, score)) }));
  const worse = spare.filter(({ found }) => found.sign < 0 && found.group.mean < -SLACK);
  return [
    {
      claim: "Within a layer, neurons that know more of the class matter more.",
      paper:
        "Amjad, Liu & Geiger 2021: information with the class goes with importance within a layer, at least for ReLU.",
      found: `Area under the accuracy curve, by ${score}: ${scopes.map(line).join("; ")}.`,
      verdict:
        more === layers.length ? "holds" : more > 0 ? "holds in part" : less > 0 ? "does not hold" : "not settled",
      because: `It matters where removing low scores first keeps more accuracy than high ones first, by two standard errors: so it is in ${more} of ${layers.length} layers${how === undefined ? "" : ` (${how})`}, the other way round in ${less}. In narrow layers the difference vanishes: each unit is needed.`,
    },
    {
      claim: "Over the whole network the ranking turns round (Simpson's paradox).",
      paper: "The same: values of different layers must not be compared.",
      found: `Low first less high first: ${scopes.map((scope) => `${scope} ${plusMinus(gap(scope).group, 3)}`).join(", ")}. Mean information of a neuron, in bits: ${information.join(", ")}.`,
      verdict: whole === 0 ? "not settled" : whole < 0 && more > 0 ? "holds" : "does not hold",
      because:
        whole < 0 && more > 0
          ? "Layers differ in their values: over all, high scores mean a layer, not a neuron that matters."
          : "Here the ranking over all layers is not told apart from those within, or agrees with them. For MNIST with dropout it turns round.",
    },
    {
      claim: "Removing neurons in random order hurts no more than removing those with little information first.",
      paper: "Not reported; a random control is missing.",
      found: `Random less low first: ${spare.map(({ scope, found }) => `${scope} ${plusMinus(found.group, 3)}`).join(", ")}.`,
      verdict: worse.length === 0 ? "holds" : worse.length < layers.length ? "holds in part" : "does not hold",
      because: "A score is worth something only where its order keeps more accuracy than chance.",
    },
    {
      claim: "Which score orders neurons best?",
      paper: "One threshold is used; weights and finer states are not compared.",
      found: scores
        .map(
          (name) =>
            `${name} ${layers.map((scope) => `${plusMinus(gap(scope, name).group, 3)} in ${scope}`).join(", ")}`,
        )
        .join("; "),
      verdict: "answered",
      because: "Low first less high first: the greater, the better the score tells which neurons matter.",
    },
    {
      claim: "How many neurons suffice, and how many are missed?",
      paper: "For wide networks a part of the units suffices, and many are inactive or redundant.",
      found: layers
        .map((scope) => {
          const count = (measure: string) => plusMinus(of(measure, scope, score, "descending"), 0);
          const units = of("units", scope, "", "").mean;
          return `${scope}, of ${units}: ${count("sufficient")} suffice (picked at random ${plusMinus(of("sufficient", scope, "random", "random"), 0)}), without the first ${count("necessary")} only guessing is left, ${plusMinus(of("inactive", scope, "", ""), 0)} inactive, ${count("redundant")} redundant, ${count("synergistic")} synergistic`;
        })
        .join("; "),
      verdict: "answered",
      because: "Within 0.01 of the accuracy; in the order of the first score.",
    },
    ...damageFinding(scopes, of),
  ];
}

function damageFinding(
  scopes: readonly string[],
  of: (measure: string, scope: string, score: string, direction: string) => Group,
): Finding[] {
  const correlations = scopes.map((scope) => ({ scope, rho: of("rankCorrelationWithDamage", scope, "", "") }));
  if (correlations.some(({ rho }) => rho.seeds === 0)) return [];
  return [
    {
      claim: "What a neuron knows and what its loss alone costs are different things.",
      paper: "Single and joint effects are told apart by ablating one unit and many.",
      found: `Spearman's ρ between information and the rise of the loss without the unit alone: ${correlations.map(({ scope, rho }) => `${scope} ${plusMinus(rho)}`).join(", ")}.`,
      verdict: correlations.every(({ rho }) => Math.abs(rho.mean) < WEAK) ? "holds" : "does not hold",
      because: `A correlation below ${WEAK} either way counts as weak: what is known twice is not missed once.`,
    },
  ];
}

function isOf(measure: string, scope: string, score: string, direction: string) {
  return (row: ValueRow) =>
    row.measure === measure &&
    row.setting.scope === scope &&
    row.setting.score === score &&
    row.setting.direction === direction &&
    row.setting.neuron === "";
}

/** Mean area of random orders less the area of low scores first, seed by seed. */
function spareOf(values: readonly ValueRow[], scope: string, score: string): ValueRow[] {
  const low = values.filter(isOf("area", scope, score, "ascending"));
  return values.filter(isOf("area", scope, "random", "random")).flatMap((random) => {
    const own = low.find(({ setting }) => setting.seed === random.setting.seed);
    return own === undefined ? [] : [{ ...own, bits: random.bits - own.bits }];
  });
}

/** A value over the seeds, and whether it is above or below 0 by two standard errors: over seeds, or of the one that there is. */
function apart(rows: readonly ValueRow[]): { group: Group; sign: number } {
  const own = group(rows.map(({ bits }) => bits));
  const error = own.seeds > 1 ? own.error : (rows[0]?.standardError ?? 0);
  return { group: own, sign: Math.abs(own.mean) > 2 * error ? Math.sign(own.mean) : 0 };
}
