/** The EI of one connection for every weight: figure 1 a to c of Mattsson, Michaud & Hoel (2020). Exact. */
import { dense, effectiveInformation } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { log2 } from "@causalscope/core/internal";
import { options, rule } from "@causalscope/core/schema";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { aboveZero, option, type Parsed, wholes } from "@causalscope/runs/options";
import * as v from "valibot";
import { PAPER_ACTIVATIONS, PAPER_RANGES, type PaperActivation } from "../common/paper-ranges.ts";
import { inOneGo, type PartContext, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";
import { type CurvedActivation, fineBinLoss, finePeak } from "./fine-bins.ts";

const NAMES: Readonly<Record<PaperActivation, string>> = { sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" };

/** Where the paper says that EI peaks. */
const SAID: Readonly<Record<PaperActivation, { readonly text: string; readonly weight: number }>> = {
  sigmoid: { text: "e", weight: Math.E },
  tanh: { text: "coth 1", weight: 1.3130352854993312 },
  relu: { text: "1", weight: 1 },
};

interface EdgePart extends Part {
  readonly activation: PaperActivation;
  readonly bins: number;
  readonly weights: readonly number[];
}

const schema = v.pipe(
  options({
    bins: option(wholes(2, 65_536), { is: "numbers of bins: 8,16,32", preset: [8, 16, 32, 64] }),
    greatestWeight: option(aboveZero, { is: "largest weight; weights start at 0", value: "w", preset: 26.95 }),
    weightStep: option(aboveZero, { is: "step between weights", value: "step", preset: 0.05 }),
  }),
  rule(
    ({ bins, greatestWeight, weightStep }: { bins: readonly number[]; greatestWeight: number; weightStep: number }) => {
      const count = PAPER_ACTIVATIONS.length * bins.length * weightCount(greatestWeight, weightStep);
      if (count <= MOST_VALUES) return undefined;
      const expected = `a step between weights with at most ${MOST_VALUES.toLocaleString("en")} values in all`;
      return { at: "weightStep", expected, got: `${weightStep}, which gives ${count.toLocaleString("en")}` };
    },
  ),
);

/** Values of a run: these take half an hour, and 100 MB. */
const MOST_VALUES = 1_000_000;

/** From 0 on. */
function weightCount(greatest: number, step: number): number {
  return Math.floor(greatest / step + 1e-9) + 1;
}

type Options = Parsed<typeof schema>;

export const study: Study<Options, EdgePart> = {
  ...about,
  options: schema,
  parts,
  run: inOneGo(measured),
  settings: ({ bins, greatestWeight, weightStep }) => [
    ["mechanism", "one input, one output, no bias"],
    ["weights", `0 to ${greatestWeight} in steps of ${weightStep}`],
    ["ranges", "0 to 1 for sigmoid and ReLU, −1 to 1 for tanh, on both sides"],
    ["bins", bins.join(", ")],
    ["method", "exact"],
  ],
  findings,
  figures: async (_, { values }) => [(await import("../common/figure-1.ts")).figure1(values, [])],
  quick: { weightStep: 0.5 },
};

/** Weights that take a second, at one number of bins. */
const IN_A_SECOND = 4000;

function parts({ bins, greatestWeight, weightStep }: Options): EdgePart[] {
  const count = weightCount(greatestWeight, weightStep);
  const weights = Array.from({ length: count }, (_, k) => Number((k * weightStep).toPrecision(12)));
  return PAPER_ACTIVATIONS.flatMap((activation) =>
    bins.map((each) => ({
      at: `${activation}, ${each} bins`,
      seconds: count / IN_A_SECOND,
      activation,
      bins: each,
      weights,
    })),
  );
}

async function measured({ activation, bins, weights }: EdgePart, { onProgress, signal }: PartContext) {
  const rows: ValueRow[] = [];
  const range = PAPER_RANGES[activation];
  for (const [k, weight] of weights.entries()) {
    const mechanism = dense({ weights: [[weight]], activation, inputRange: range, outputRange: range });
    const ei = await effectiveInformation(mechanism, { bins, signal });
    rows.push(...valueRows({ activation, bins, weight }, { ei }));
    if (k % 50 === 0) {
      onProgress(k / weights.length);
      await yieldToEventLoop();
    }
  }
  return rows;
}

export interface Peak {
  readonly activation: PaperActivation;
  readonly bins: number;
  readonly weight: number;
  readonly bits: number;
}

/** The greatest EI of each curve; of equals the first. */
export function peaks(values: readonly ValueRow[]): Peak[] {
  const found = new Map<string, Peak>();
  for (const { setting, value: bits } of values) {
    const { activation, bins, weight } = setting as { activation: PaperActivation; bins: number; weight: number };
    const key = `${activation}/${bins}`;
    if (bits > (found.get(key)?.bits ?? -1)) found.set(key, { activation, bins, weight, bits });
  }
  return [...found.values()];
}

function findings({ bins, weightStep }: Options, { values }: Rows): Finding[] {
  const found = peaks(values);
  return PAPER_ACTIVATIONS.map((activation): Finding => {
    const own = found.filter((peak) => peak.activation === activation);
    const listed = own
      .map(({ bins, weight, bits }) => `${weight} with ${bins} bins (${bits.toFixed(3)} bits)`)
      .join(", ");
    const said = SAID[activation];
    const claim = `The EI of one ${NAMES[activation]} connection is largest at the weight ${said.text}${activation === "relu" ? "" : ` = ${said.weight.toFixed(4)}`}.`;
    const near = own.every(({ weight }) => Math.abs(weight - said.weight) <= weightStep);
    if (activation === "relu") {
      return {
        claim,
        paper: "EI peaks at w = 1.",
        found: `Largest at ${listed}.`,
        verdict: near ? "holds" : "does not hold",
        because: "At w = 1 the bins of both sides coincide, and every input bin has an output bin of its own.",
      };
    }
    const { limit, behind } = fineLimit(activation, said.weight);
    return {
      claim,
      paper: `EI peaks at w = ${said.text}.`,
      found: `Largest at ${listed}; in the limit of fine bins, at ${limit.toFixed(4)}.`,
      verdict: near ? "holds" : "holds in part",
      because: `With ${bins.join(", ")} bins, the peak is where thresholds happen to coincide with edges of the input bins. In the limit of fine bins, EI is log2(bins) + E ψ(s): its peak is near ${said.text}, not at it, and the EI at ${said.text} is ${behind.toFixed(5)} bits lower.`,
    };
  });
}

/** Where EI peaks as bins become fine, and how many bits it is lower at the weight that the paper names. */
export function fineLimit(activation: CurvedActivation, said: number): { limit: number; behind: number } {
  const limit = finePeak(activation);
  return { limit, behind: fineBinLoss(activation, limit) - fineBinLoss(activation, said) };
}

/** EI in bits as bins become fine. */
export function fineBinEi(activation: CurvedActivation, weight: number, bins: number): number {
  return log2(bins) + fineBinLoss(activation, weight);
}
