/** What the rows of a study say about a claim. */
export interface Finding {
  /** The claim, or the question, as a sentence. */
  readonly claim: string;
  /** What the paper says, or that it leaves the question open. */
  readonly paper: string;
  /** What was found, with numbers and their errors. */
  readonly found: string;
  readonly verdict: Verdict;
  /** Why it differs, or what the answer rests on. */
  readonly because: string;
}

/** What ± stands for behind means of seeds in what was found. */
export const SPREAD_NOTE =
  "The number after ± is the standard error over seeds: the standard deviation over the N seeds, divided by √N. It is not the standard error of measuring, which is named where it is given.";

/** Whether a claim holds. `not judged`: a premise of the claim does not hold, such as that networks have learned. */
export type Verdict = "holds" | "holds in part" | "does not hold" | "answered" | "not settled" | "not judged";
