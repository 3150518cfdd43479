/** What rows of pruned networks say: when EI falls, and when accuracy does. */

import type { Finding, Rows, ValueRow } from "@causalscope/runs";
import { allPlusMinus, type Group, overSeeds } from "@causalscope/runs/internal";
import { signOf } from "../common/comparison.ts";
import { notLearned, presupposing } from "../common/premise.ts";

/** Sums over layers, or the whole network's accuracy, at a cut. */
export function atCut(values: readonly ValueRow[], measure: string, fraction: number): Group {
  return overSeeds(values, measure, (setting) => setting.fraction === fraction);
}

export function pruningFindings(
  { fractions }: { readonly fractions: readonly number[] },
  { values }: Pick<Rows, "values">,
): Finding[] {
  const [whole] = fractions as readonly [number];
  const of = (measure: string, fraction: number) => atCut(values, measure, fraction);
  const line = (measure: string, decimals = 2) =>
    allPlusMinus(
      fractions.map((each) => of(measure, each)),
      decimals,
    );
  const firstFall = (measure: string) =>
    fractions.find((each) => signOf(of(measure, whole), of(measure, each)) === "falls");
  const [ei, accuracy] = [firstFall("ei"), firstFall("testAccuracy")];
  const said = (name: string, at: number | undefined) =>
    at === undefined ? `${name} never falls beyond its error` : `${name} first falls beyond its error at ${at}`;
  const accuracies = values.filter(({ measure, setting }) => measure === "testAccuracy" && setting.fraction === whole);
  const learner = { name: "the network before pruning", accuracies: accuracies.map(({ value }) => value), classes: 5 };
  const settled = accuracies.length > 1 && ei !== undefined;
  return [
    presupposing(whole === 0 ? notLearned([learner]) : "the trained network is not among the fractions", {
      claim: "Does EI show before accuracy does that too many weights are gone?",
      paper: "The authors leave this open.",
      found: `With ${fractions.join(", ")} of each layer's weights removed, sums over the layers in bits: EI ${line("ei")}; EI_parts ${line("eiParts")}; φ ${line("phi")}. Test accuracy ${line("testAccuracy", 3)}.`,
      verdict: settled ? "answered" : "not settled",
      because: `${said("EI", ei)}, ${said("accuracy", accuracy)}: ${
        !settled
          ? "more seeds, or larger fractions, are needed."
          : accuracy === undefined || ei! < accuracy
            ? "EI shows it first."
            : ei === accuracy
              ? "both show it at the same cut."
              : "accuracy shows it first."
      }`,
    }),
  ];
}
