/**
 * What the authors of "Examining the causal structures of deep neural networks using information theory" (2020) and of its reference
 * implementation left open: what dropout does, whether memorising differs from generalising, what harder data and more depth do.
 */
import type { Question, ValueRow } from "@causalscope/runs";
import { type Group, overSeeds, plusMinus, trainedParts, type Variant } from "./comparison.ts";
import { doneInParts } from "./grid.ts";
import { requireOption, requirePositive, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import { notLearned, presupposing } from "./premise.ts";
import type { Finding, ValueStudy } from "./study.ts";
import { studySummaries } from "./summaries.ts";
import type { TrainingOptions, TrainingQuestion } from "./training.ts";
import { trainingStudy } from "./training.ts";

export interface OpenOptions {
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly bins: number;
  readonly tolerance: number;
}

export type OpenQuestion = Question & OpenOptions;

const SEEDS = [0, 1, 2, 3, 4];

interface Definition<Options extends OpenOptions> {
  readonly name: string;
  readonly summary: string;
  readonly defaults: Options;
  readonly check?: (asked: Options, who: Who<Options>) => void;
  readonly variants: (asked: Options) => Variant[];
  readonly settings: (asked: Options) => [string, string][];
  readonly seconds: (asked: Options) => number;
  readonly findings: (asked: Options, values: readonly ValueRow[]) => Finding[];
}

const any = trainingStudy({ name: "variant", summary: "", data: "mnist", anyData: true, defaults: () => ({}) });

/** A training of the paper's kind, with what differs. */
function variant(setting: ValueRow["setting"], options: Partial<TrainingOptions>): Variant {
  return { setting, asked: any.question(options) as TrainingQuestion };
}

function comparison<Options extends OpenOptions>(
  definition: Definition<Options>,
): ValueStudy<Options, Question & Options> {
  const { name, summary, defaults, variants, findings } = definition;
  return {
    kind: "values",
    name,
    summary,
    question: (options, who: Who<Options> = (option) => `study ${name}: ${String(option)}`) => {
      const asked = withDefaults(defaults, options);
      requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
      requireWhole(asked.epochs, 1, 1e7, who("epochs"));
      requireWhole(asked.bins, 2, 1024, who("bins"));
      requirePositive(asked.tolerance, who("tolerance"));
      definition.check?.(asked, who);
      return { ...asked } as Question & Options;
    },
    options: (asked) => ({ ...asked }) as Partial<Options>,
    ...doneInParts((asked: Options) => trainedParts(variants(asked))),
    seconds: definition.seconds,
    settings: (asked) => [
      ...definition.settings(asked),
      ["measured", `before training and after ${asked.epochs} epochs`],
      ["bins", `${asked.bins}`],
      ["standard error of EI", `at most ${asked.tolerance} bit`],
      ["seeds", asked.seeds.join(", ")],
    ],
    findings,
  };
}

/** Sums over all layers at the end. */
function atEnd(values: readonly ValueRow[], epochs: number, measure: string, of: ValueRow["setting"]): Group {
  return overSeeds(
    values,
    measure,
    (setting) => setting.epoch === epochs && Object.entries(of).every(([name, value]) => setting[name] === value),
  );
}

function learnerAt(
  values: readonly ValueRow[],
  epochs: number,
  name: string,
  of: ValueRow["setting"],
  on = "testAccuracy",
) {
  const fits = ({ measure, setting }: ValueRow) =>
    measure === on &&
    setting.epoch === epochs &&
    Object.entries(of).every(([option, value]) => setting[option] === value);
  return { name, accuracies: values.filter(fits).map(({ value }) => value) };
}

function signOf(before: Group, after: Group): "rises" | "falls" | "does not change beyond its error" {
  const gap = after.mean - before.mean;
  const error = Math.sqrt(before.error * before.error + after.error * after.error);
  // One seed has no error to go beyond.
  if (before.seeds < 2 || Math.abs(gap) < 2 * error) return "does not change beyond its error";
  return gap > 0 ? "rises" : "falls";
}

export interface DropoutOptions extends OpenOptions {
  readonly rates: readonly number[];
}

export const dropoutStudy = comparison<DropoutOptions>({
  name: "dropout",
  summary: studySummaries.dropout,
  defaults: { seeds: SEEDS, epochs: 600, bins: 8, tolerance: 0.02, rates: [0, 0.1, 0.2, 0.35, 0.5] },
  check: ({ rates }, who) =>
    requireOption(
      Array.isArray(rates) && rates.length > 1 && rates.every((rate) => rate >= 0 && rate < 1),
      who("rates"),
      "at least two fractions from 0, below 1",
      rates,
    ),
  variants: ({ rates, ...rest }) =>
    rates.map((dropout) =>
      variant({ dropout }, { ...rest, every: rest.epochs, dropout, layers: [25, 12, 12, 5], batch: 50 }),
    ),
  settings: ({ rates }) => [
    ["network", "25 → 12 → 12 → 5, sigmoid, no biases"],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 examples to learn from"],
    ["dropout of hidden units", rates.join(", ")],
  ],
  seconds: ({ seeds, epochs, rates }) => seeds.length * rates.length * (epochs / 500 + 3),
  findings: ({ rates, epochs }, values) => {
    const of = (measure: string, dropout: number) => atEnd(values, epochs, measure, { dropout });
    const line = (measure: string, decimals = 2) =>
      rates.map((rate) => `${plusMinus(of(measure, rate), decimals)} at ${rate}`).join(", ");
    const learners = rates.map((dropout) => ({
      ...learnerAt(values, epochs, `the network with dropout ${dropout}`, { dropout }),
      classes: 5,
    }));
    // What dropout does to a network that it keeps from learning is another question.
    const learned = rates.filter((_, k) => notLearned([learners[k]!]) === "");
    const missing = notLearned(learners);
    const [first, last] = [learned[0] ?? rates[0]!, learned.at(-1) ?? rates.at(-1)!];
    const [ei, parts, phi] = ["ei", "eiParts", "phi"].map((measure) => signOf(of(measure, first), of(measure, last)));
    return [
      presupposing(learned.length < 2 ? missing : "", {
        claim: "What does dropout do to the effective information of a network?",
        paper: "Left open by the authors.",
        found: `Sums over the layers at the end, in bits: EI ${line("ei")}; EI_parts ${line("eiParts")}; φ ${line("phi")}. Test accuracy ${line("testAccuracy", 3)}.`,
        verdict: "answered",
        because: `From ${first} to ${last}, EI ${ei}, EI_parts ${parts}, φ ${phi}.${missing === "" ? "" : ` Not judged by: ${missing}.`}`,
      }),
    ];
  },
});

export interface MemorisingOptions extends OpenOptions {
  /** Examples to learn from: few enough that random labels can be learned. */
  readonly trainRows: number;
}

export const memorisingStudy = comparison<MemorisingOptions>({
  name: "memorising",
  summary: studySummaries.memorising,
  defaults: { seeds: SEEDS, epochs: 8000, bins: 8, tolerance: 0.02, trainRows: 100 },
  check: ({ trainRows }, who) => requireWhole(trainRows, 10, 5000, who("trainRows")),
  variants: ({ trainRows, ...rest }) =>
    ["true", "random"].map((labels) =>
      variant(
        { labels },
        {
          ...rest,
          every: rest.epochs,
          trainRows,
          randomLabels: labels === "random",
          layers: [25, 12, 12, 5],
          batch: 10,
          bias: true,
          optimizer: "adam",
          learningRate: 0.005,
        },
      ),
    ),
  settings: ({ trainRows }) => [
    ["network", "25 → 12 → 12 → 5, sigmoid, with biases"],
    ["data", `MNIST's test images, reduced to 5 × 5, 5 classes, ${trainRows} examples to learn from`],
    ["labels to learn", "true, or drawn at random"],
  ],
  seconds: ({ seeds, epochs, trainRows }) => 2 * seeds.length * ((epochs * trainRows) / 4e5 + 3),
  findings: ({ epochs }, values) => {
    const of = (measure: string, labels: string) => atEnd(values, epochs, measure, { labels });
    const both = (measure: string, decimals = 2) =>
      `${plusMinus(of(measure, "true"), decimals)} against ${plusMinus(of(measure, "random"), decimals)}`;
    const change = (measure: string) => signOf(of(measure, "true"), of(measure, "random"));
    const missing = notLearned(
      ["true", "random"].map((labels) => ({
        ...learnerAt(values, epochs, `the network with ${labels} labels`, { labels }, "trainAccuracy"),
        classes: 5,
      })),
    );
    return [
      presupposing(missing, {
        claim: "Does a network that memorises differ in its causal structure from one that generalises?",
        paper: "Left open by the authors.",
        found: `True against random labels, sums over the layers in bits: EI ${both("ei")}, EI_parts ${both("eiParts")}, φ ${both("phi")}, sensitivity ${both("sensitivity")}, degeneracy ${both("degeneracy")}. Accuracy on what was learned ${both("trainAccuracy", 3)}, on other images ${both("testAccuracy", 3)}.`,
        verdict: "answered",
        because: `With random labels EI ${change("ei")}, sensitivity ${change("sensitivity")}, degeneracy ${change("degeneracy")}, φ ${change("phi")}.`,
      }),
    ];
  },
});

export interface HarderOptions extends OpenOptions {
  /** Numbers of hidden layers. */
  readonly depths: readonly number[];
  readonly width: number;
}

const HARDER = [
  { data: "mnist", side: 5, features: 25, classes: 5 },
  { data: "digits", side: 8, features: 64, classes: 10 },
] as const;

export const harderStudy = comparison<HarderOptions>({
  name: "harder",
  summary: studySummaries.harder,
  defaults: { seeds: SEEDS, epochs: 400, bins: 8, tolerance: 0.1, depths: [1, 2, 4], width: 10 },
  check: ({ depths, width }, who) => {
    requireWholes(depths, 1, 20, who("depths"));
    requireWhole(width, 1, 1000, who("width"));
  },
  variants: ({ depths, width, ...rest }) =>
    HARDER.flatMap(({ data, side, features, classes }) =>
      depths.map((depth) =>
        variant(
          { data, depth },
          {
            ...rest,
            every: rest.epochs,
            data,
            side,
            layers: [features, ...Array.from({ length: depth }, () => width), classes],
            batch: 50,
            bias: true,
            optimizer: "adam",
            learningRate: 0.003,
            reduction: "mean",
          },
        ),
      ),
    ),
  settings: ({ depths, width }) => [
    ["networks", `${depths.join(", ")} hidden layers of ${width}, sigmoid, with biases`],
    ["data", "MNIST's test images at 5 × 5, 5 classes; 8 × 8 digits, 10 classes"],
  ],
  seconds: ({ seeds, epochs, depths }) => 2 * seeds.length * depths.length * (epochs / 250 + 5),
  findings: ({ epochs, depths }, values) => {
    const line = (measure: string, data: string, decimals = 2) =>
      depths
        .map((depth) => `${plusMinus(atEnd(values, epochs, measure, { data, depth }), decimals)} with ${depth}`)
        .join(", ");
    const per = (data: string, depth: number) => atEnd(values, epochs, "phi", { data, depth }).mean / (depth + 1);
    const missing = (depth: number) =>
      notLearned(
        HARDER.map(({ data, classes }) => ({
          ...learnerAt(values, epochs, `${data} with ${depth} hidden layers`, { data, depth }),
          classes,
        })),
      );
    const learned = depths.filter((depth) => missing(depth) === "");
    const left = depths.flatMap((depth) => missing(depth) || []).join("; ");
    const most = learned.at(-1) ?? depths.at(-1)!;
    const harder = per("digits", most) > per("mnist", most);
    return [
      presupposing(learned.length === 0 ? left : "", {
        claim: "Do deeper networks on harder data integrate more?",
        paper: "Left open by the authors: tasks that need depth.",
        found: HARDER.map(
          ({ data }) =>
            `${data}: EI ${line("ei", data)}; φ ${line("phi", data)} hidden layers; test accuracy ${line("testAccuracy", data, 3)}`,
        ).join(". "),
        verdict: "answered",
        because: `φ for each layer with ${most} hidden layers: ${per("digits", most).toFixed(2)} bits for ten classes, ${per("mnist", most).toFixed(2)} for five: ${harder ? "more" : "not more"} for the harder data.${left === "" ? "" : ` Not judged by: ${left}.`}`,
      }),
    ];
  },
});
