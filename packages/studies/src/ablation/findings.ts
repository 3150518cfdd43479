/** What rows of an ablation say about the claims that are made of it. */
import type { ScoreName } from "@causalscope/core/ablation";
import type { Finding, ValueRow } from "@causalscope/runs";
import { type Group, group, plusMinus } from "@causalscope/runs/internal";
import { notLearned, presupposing } from "../common/premise.ts";

/** A rank correlation below this, either way, is weak. */
const WEAK = 0.5;

/** Random orders may keep so much less and still count as no worse. */
const SLACK = 0.01;

/**
 * What curves over the whole network and within each layer say of the claims about them.
 * Networks that have not learned have nothing to lose, and nothing is judged by them.
 *
 * @param how what the networks were trained with; undefined where that is not known.
 */
export function ablationFindings(
  scores: readonly ScoreName[],
  values: readonly ValueRow[],
  how: string | undefined,
): Finding[] {
  const whole = values.filter(({ measure, setting }) => measure === "testAccuracy" && setting.removed === 0);
  const ofClasses = values.filter(({ measure }) => measure === "classAccuracy");
  const classes = Math.max(2, new Set(ofClasses.map(({ setting }) => setting.class)).size);
  const bySeed = new Map(whole.map(({ setting, value }) => [setting.seed, value]));
  const name = how === undefined ? "the network" : `the network with the regularizer (${how})`;
  const missing = notLearned([{ name, accuracies: [...bySeed.values()], classes }]);
  return findingsOf(scores, values, how).map((finding) => presupposing(missing, finding));
}

function findingsOf(scores: readonly ScoreName[], values: readonly ValueRow[], how: string | undefined): Finding[] {
  const scopes = [...new Set(values.map(({ setting }) => setting.scope as string))];
  const layers = scopes.filter((scope) => scope !== "network");
  const of = (measure: string, scope: string, score: string, direction: string): Group =>
    group(values.filter(isOf(measure, scope, score, direction)).map(({ value }) => value));
  const [score] = scores as readonly [ScoreName];
  const gap = (scope: string, name: string = score) => gapOf(values, scope, name);
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
      claim: "Within a layer, neurons that know more about the class matter more.",
      paper:
        "Amjad, Liu & Geiger 2021: within a layer, information about the class correlates with importance, at least for ReLU.",
      found: `Area under the accuracy curve, by ${score}: ${scopes.map(line).join("; ")}.`,
      verdict:
        more === layers.length ? "holds" : more > 0 ? "holds in part" : less > 0 ? "does not hold" : "not settled",
      because: `The score matters if removing low scores first keeps more accuracy than removing high ones first, by two standard errors. This holds in ${more} of ${layers.length} layers${how === undefined ? "" : ` (${how})`}, and the opposite in ${less}. In narrow layers the difference vanishes, because each unit is needed.`,
    },
    {
      claim: "Over the whole network, the ranking reverses (Simpson's paradox).",
      paper: "The same authors: values of different layers must not be compared.",
      found: `Low first minus high first: ${scopes.map((scope) => `${scope} ${plusMinus(gap(scope).group, 3)}`).join(", ")}. Mean information of a neuron, in bits: ${information.join(", ")}.`,
      verdict: whole === 0 ? "not settled" : whole < 0 && more > 0 ? "holds" : "does not hold",
      because:
        whole < 0 && more > 0
          ? "Layers differ in their values: over the whole network, a high score indicates a layer rather than an important neuron."
          : "Here the ranking over all layers cannot be distinguished from those within layers, or agrees with them. For MNIST with dropout, it reverses.",
    },
    {
      claim: "Removing neurons in random order hurts no more than removing those with little information first.",
      paper: "Not reported: there is no random control.",
      found: `Random minus low first: ${spare.map(({ scope, found }) => `${scope} ${plusMinus(found.group, 3)}`).join(", ")}.`,
      verdict: worse.length === 0 ? "holds" : worse.length < layers.length ? "holds in part" : "does not hold",
      because: "A score is useful only if its order keeps more accuracy than chance.",
    },
    {
      claim: "Which score orders neurons best?",
      paper: "The paper uses one threshold, and does not compare weights or finer states.",
      found: scores
        .map(
          (name) =>
            `${name} ${layers.map((scope) => `${plusMinus(gap(scope, name).group, 3)} in ${scope}`).join(", ")}`,
        )
        .join("; "),
      verdict: "answered",
      because: "Low first minus high first: the larger, the better the score identifies the neurons that matter.",
    },
    {
      claim: "How many neurons suffice, and how many are missed when removed?",
      paper: "In wide networks, some of the units suffice, and many are inactive or redundant.",
      found: layers
        .map((scope) => {
          const count = (measure: string) => plusMinus(of(measure, scope, score, "descending"), 0);
          const units = of("units", scope, "", "").mean;
          return `${scope}, of ${units}: ${count("sufficient")} suffice (chosen at random ${plusMinus(of("sufficient", scope, "random", "random"), 0)}), without the first ${count("necessary")} the network only guesses, ${plusMinus(of("inactive", scope, "", ""), 0)} inactive, ${count("redundant")} redundant, ${count("synergistic")} synergistic`;
        })
        .join("; "),
      verdict: "answered",
      because: "Within 0.01 of the accuracy; in the order of the first score.",
    },
    ...damageFinding(scopes, of),
  ];
}

/** Area when low scores go first less that when high ones do, over the seeds; and whether it is told apart from 0, above or below. */
export function gapOf(values: readonly ValueRow[], scope: string, score: string): { group: Group; sign: number } {
  return apart(values.filter(isOf("gap", scope, score, "descending")));
}

function damageFinding(
  scopes: readonly string[],
  of: (measure: string, scope: string, score: string, direction: string) => Group,
): Finding[] {
  const correlations = scopes.map((scope) => ({ scope, rho: of("rankCorrelationWithDamage", scope, "", "") }));
  if (correlations.some(({ rho }) => rho.seeds === 0)) return [];
  return [
    {
      claim: "What a neuron knows differs from what is lost without it alone.",
      paper: "Single and joint effects are distinguished by ablating one unit or many.",
      found: `Spearman's ρ between information and the rise of the loss without the unit alone: ${correlations.map(({ scope, rho }) => `${scope} ${plusMinus(rho)}`).join(", ")}.`,
      verdict: correlations.every(({ rho }) => Math.abs(rho.mean) < WEAK) ? "holds" : "does not hold",
      because: `A correlation between −${WEAK} and ${WEAK} counts as weak: what is known twice is not missed once.`,
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
    return own === undefined ? [] : [{ ...own, bits: random.value - own.value }];
  });
}

/** A value over the seeds, and whether it is above or below 0 by two standard errors: over seeds, or of the one that there is. */
function apart(rows: readonly ValueRow[]): { group: Group; sign: number } {
  const own = group(rows.map(({ value }) => value));
  const error = own.seeds > 1 ? own.error : (rows[0]?.standardError ?? 0);
  return { group: own, sign: Math.abs(own.mean) > 2 * error ? Math.sign(own.mean) : 0 };
}
