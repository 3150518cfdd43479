/** What information planes through training say about compression, and about the estimators that show it. */
import { greatest } from "@causalscope/core/basics";
import { SATURATED } from "@causalscope/core/internal";
import type { Finding, ValueRow } from "@causalscope/runs";
import { allPlusMinus, type Group, group, plusMinus } from "@causalscope/runs/internal";

/** Bits that a layer has to lose to be said to compress. */
const COMPRESSES = 0.5;
/** Bits that a saturating network loses at least. */
const MUCH = 2;
/** Bits that information of the input has to grow, beyond two standard errors, to be said to grow. */
const GROWS = 0.01;

/** @param layers how many there are, the output layer among them. */
export function planeFindings(activations: readonly string[], layers: number, values: readonly ValueRow[]): Finding[] {
  const estimators = estimatorsOf(values);
  const first = estimators.includes("bins") ? "bins" : estimators[0];
  if (first === undefined) return [];
  return [
    hiddenLayers(activations, layers, values, first),
    outputLayer(activations, layers, values, estimators),
    ...(estimators.length > 1 ? [dependence(activations, layers, values, estimators)] : []),
    processing(activations, values, estimators),
    ...saturation(activations, values, first),
  ];
}

/** Those that tell of the input, in the order of the rows. */
function estimatorsOf(values: readonly ValueRow[]): string[] {
  const own = values.filter(({ measure }) => measure === "inputInformation");
  return [...new Set(own.map(({ setting }) => setting.estimator as string))];
}

/** Greatest I(X; L) over the epochs less the last, over the seeds. */
export function compression(values: readonly ValueRow[], activation: string, layer: number, estimator: string): Group {
  const own = values.filter(
    ({ measure, setting: s }) =>
      measure === "inputInformation" && s.activation === activation && s.layer === layer && s.estimator === estimator,
  );
  const seeds = [...new Set(own.map(({ setting }) => setting.seed))];
  return group(
    seeds.map((seed) => {
      const series = own
        .filter(({ setting }) => setting.seed === seed)
        .toSorted((a, b) => (a.setting.epoch as number) - (b.setting.epoch as number));
      return greatest(series.map(({ value }) => value)) - series.at(-1)!.value;
    }),
  );
}

/** Of the hidden layer that loses most. */
function mostHidden(values: readonly ValueRow[], activation: string, layers: number, estimator: string): Group {
  return Array.from({ length: layers - 1 }, (_, l) => compression(values, activation, l + 1, estimator)).reduce(
    (most, each) => (each.mean > most.mean ? each : most),
  );
}

function hiddenLayers(
  activations: readonly string[],
  layers: number,
  values: readonly ValueRow[],
  estimator: string,
): Finding {
  const lines = activations.map((activation) => {
    const each = Array.from({ length: layers }, (_, l) => compression(values, activation, l + 1, estimator));
    return `${activation} ${allPlusMinus(each)}`;
  });
  const most = (activation: string) =>
    activations.includes(activation) ? mostHidden(values, activation, layers, estimator).mean : undefined;
  const [tanh, relu] = [most("tanh"), most("relu")];
  const both = tanh !== undefined && relu !== undefined;
  const decided = both && tanh > MUCH && relu < COMPRESSES;
  const lost = `Hidden tanh layers lose up to ${tanh?.toFixed(2)} bits`;
  return {
    claim: "Layers first fit and then compress: I(X; L) decreases late in training.",
    paper: "Shwartz-Ziv & Tishby 2017: compression for tanh. Saxe et al. 2018: none for ReLU.",
    found: `Maximum I(X; L) minus the last, by layer, in bits, with ${estimator}: ${lines.join("; ")}.`,
    verdict: !both ? "answered" : decided ? "holds in part" : "not settled",
    because: !both
      ? "A second activation would show what is due to it."
      : decided
        ? `${lost} as their units saturate into few bins, ReLU layers up to ${relu.toFixed(2)}: compression depends on the activation and on how layers are read, not on learning.`
        : `${lost}, ReLU layers up to ${relu.toFixed(2)}: more than ${MUCH} and less than ${COMPRESSES} would show that the activation decides.`,
  };
}

function outputLayer(
  activations: readonly string[],
  layers: number,
  values: readonly ValueRow[],
  estimators: readonly string[],
): Finding {
  const each = estimators.flatMap((estimator) =>
    activations.map((activation) => ({
      name: `${activation} by ${estimator}`,
      lost: compression(values, activation, layers, estimator),
    })),
  );
  const compress = each.filter(({ lost }) => lost.mean > COMPRESSES && lost.mean > 2 * lost.error);
  return {
    claim: "The output layer compresses, whatever the hidden activation.",
    paper: "Lorenzen, Igel & Nielsen 2022, for quantized networks, whose information is exact: it always does.",
    found: `Maximum I(X; L) minus the last, for the output layer, in bits: ${each.map(({ name, lost }) => `${name} ${plusMinus(lost)}`).join("; ")}.`,
    verdict: compress.length === each.length ? "holds" : compress.length > 0 ? "holds in part" : "does not hold",
    because: `${compress.length} of ${each.length} lose more than ${COMPRESSES} bit and twice its error. Classes that are separated with certainty leave few different outputs.`,
  };
}

function dependence(
  activations: readonly string[],
  layers: number,
  values: readonly ValueRow[],
  estimators: readonly string[],
): Finding {
  const each = estimators.map((estimator) => {
    const lost = activations.map((activation) => mostHidden(values, activation, layers, estimator));
    const words = activations.map((activation, k) => `${activation} ${plusMinus(lost[k]!)}`);
    return { text: `${estimator}: ${words.join(", ")}`, says: lost.map(({ mean }) => mean > COMPRESSES).join() };
  });
  const agree = new Set(each.map(({ says }) => says)).size === 1;
  return {
    claim: "Whether hidden layers compress depends on how they are read.",
    paper: "Chelombiev, Houghton & O'Donnell 2019; Geiger 2020: estimates show geometry rather than information.",
    found: `Loss of the hidden layer that loses most, in bits: ${each.map(({ text }) => text).join("; ")}.`,
    verdict: agree ? "does not hold" : "holds",
    because: agree
      ? `All estimators agree on every activation, with ${COMPRESSES} bit as the threshold.`
      : `Estimators disagree on which activations lose more than ${COMPRESSES} bit.`,
  };
}

function processing(
  activations: readonly string[],
  values: readonly ValueRow[],
  estimators: readonly string[],
): Finding {
  const each = estimators.flatMap((estimator) =>
    activations.map((activation) => {
      const steps = stepsBetween(values, activation, estimator);
      const grown = steps.filter(({ rise, error }) => rise > GROWS + 2 * error);
      const most = greatest(
        grown.map(({ rise }) => rise),
        0,
      );
      return {
        grown: grown.length,
        text: `${activation} by ${estimator} ${grown.length} of ${steps.length}${grown.length > 0 ? `, by up to ${most.toFixed(2)} bits` : ""}`,
      };
    }),
  );
  const ok = each.every(({ grown }) => grown === 0);
  return {
    claim: "No layer seems to know more about the input than the one before it.",
    paper: "The data processing inequality, which applies to information but not to its estimates (Geiger 2020).",
    found: `Steps from layer to layer, over seeds and epochs, in which I(X; L) grows by more than ${GROWS} bit and twice its error: ${each.map(({ text }) => text).join("; ")}.`,
    verdict: ok ? "holds" : "does not hold",
    because: ok
      ? "Estimates may still be wrong; none shows it here."
      : "Bins and noise apply to each layer separately: a layer that spreads out what the previous one squeezed into few bins seems to know more.",
  };
}

/** How I(X; L) grows from each layer to the next, at every seed and epoch. */
function stepsBetween(
  values: readonly ValueRow[],
  activation: string,
  estimator: string,
): { rise: number; error: number }[] {
  const places = new Map<string, ValueRow[]>();
  for (const row of values) {
    const { setting: s, measure } = row;
    if (measure !== "inputInformation" || s.activation !== activation || s.estimator !== estimator) continue;
    const key = `${s.seed}/${s.epoch}`;
    const rows = places.get(key);
    if (rows === undefined) places.set(key, [row]);
    else rows.push(row);
  }
  return [...places.values()].flatMap((rows) => {
    const layers = rows.toSorted((a, b) => (a.setting.layer as number) - (b.setting.layer as number));
    return layers.slice(1).map((row, k) => ({
      rise: row.value - layers[k]!.value,
      error: Math.sqrt(row.standardError * row.standardError + layers[k]!.standardError * layers[k]!.standardError),
    }));
  });
}

/** Of an estimator that counts cells: how much of what early layers seem to know is saturation. */
function saturation(activations: readonly string[], values: readonly ValueRow[], estimator: string): Finding[] {
  const own = values.filter(({ setting }) => setting.estimator === estimator);
  const last = greatest(own.map(({ setting }) => setting.epoch as number));
  const at = (measure: string, activation: string, layer: number) =>
    group(
      own
        .filter(
          ({ measure: name, setting: s }) =>
            name === measure && s.activation === activation && s.layer === layer && s.epoch === last,
        )
        .map(({ value }) => value),
    ).mean;
  const layers = [...new Set(own.map(({ setting }) => setting.layer as number))].sort((a, b) => a - b);
  const each = activations.map((activation) => ({
    activation,
    shares: layers.map((layer) => at("saturation", activation, layer)),
    chance: layers.map((layer) => at("labelInformationByChance", activation, layer)),
    known: layers.map((layer) => at("labelInformation", activation, layer)),
  }));
  if (each.some(({ chance }) => chance.some(Number.isNaN))) return [];
  const list = (numbers: readonly number[]) => numbers.map((value) => value.toFixed(2)).join(", ");
  const hollow = each.flatMap(({ activation, chance, known }) =>
    layers.filter((_, k) => chance[k]! > known[k]! / 2).map((layer) => `${activation} ${layer}`),
  );
  const full = each.flatMap(({ activation, shares }) =>
    layers.filter((_, k) => shares[k]! > SATURATED).map((layer) => `${activation} ${layer}`),
  );
  return [
    {
      claim: "I(Y; L) shows what a layer knows about the label.",
      paper: "Shwartz-Ziv & Tishby 2017 report it for every layer.",
      found: `At the end, with ${estimator}, by layer: states per example ${each.map(({ activation, shares }) => `${activation} ${list(shares)}`).join("; ")}; I(Y; L) that shuffled labels would have, in bits, ${each.map(({ activation, chance }) => `${activation} ${list(chance)}`).join("; ")}.`,
      verdict: hollow.length === 0 ? "holds" : "holds in part",
      because:
        hollow.length === 0
          ? "Shuffled labels would have less than half of it in every layer."
          : `Shuffled labels would have more than half of it in ${hollow.join(", ")}${full.length === 0 ? "" : `; saturated are ${full.join(", ")}`}: there nearly every example has its own state, which determines any label.`,
    },
  ];
}
