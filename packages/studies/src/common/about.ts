/** What a listing says of a study: known before the study is loaded. */
export interface About {
  /** Letters, digits and hyphens. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly group: StudyGroup;
  /** Whether it is a part of the reproduction of Mattsson, Michaud & Hoel (2020). Default: not. */
  readonly reproduced?: boolean;
}

/** Under which heading a study is listed. */
export type StudyGroup = "networks that learn" | "values over settings" | "open questions" | "neurons and data";
