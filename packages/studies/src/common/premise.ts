/** What a claim on networks that have learned presupposes. Where it does not hold, the claim is not judged. */
import { least } from "@causalscope/core/basics";
import type { Finding } from "@causalscope/runs";

/** A network has learned where it came this share of the way from guessing to no errors. */
export const LEARNED = 0.75;

/** Accuracy above which a network with so many equally likely classes has learned. */
export function learnedAbove(classes: number): number {
  return (1 + LEARNED * (classes - 1)) / classes;
}

/** Whether the networks of all seeds have learned; of none, no. */
export function haveLearned(accuracies: readonly number[], classes: number): boolean {
  return accuracies.length > 0 && least(accuracies) >= learnedAbove(classes);
}

export interface Learner {
  /** As a finding names it: "mnist-deep". */
  readonly name: string;
  /** One for each seed. */
  readonly accuracies: readonly number[];
  readonly classes: number;
}

/** "mnist-deep has not learned (accuracy 21.9 %, 21.9 %; at least 80.0 % for each seed is presupposed)"; empty where all have. */
export function notLearned(learners: readonly Learner[]): string {
  return learners
    .filter(({ accuracies, classes }) => !haveLearned(accuracies, classes))
    .map(({ name, accuracies, classes }) => {
      const found = accuracies.length === 0 ? "unknown" : accuracies.map(percent).join(", ");
      return `${name} has not learned (accuracy ${found}; at least ${percent(learnedAbove(classes))} of each seed is required)`;
    })
    .join("; ");
}

/** The finding, where its premise holds; else the same numbers, not judged, and why. @param missing empty where it holds. */
export function presupposing(missing: string, finding: Finding): Finding {
  return missing === "" ? finding : { ...finding, verdict: "not judged", because: `${missing}.` };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
