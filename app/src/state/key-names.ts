/** The keys and what each does, for the sheet of keys. */
export interface Key {
  readonly shown: readonly string[];
  readonly does: string;
}

export const KEYS: readonly Key[] = [
  { shown: ["Space"], does: "play or pause" },
  { shown: ["←", "→"], does: "a checkpoint back or on (with Shift: ten)" },
  { shown: ["Home", "End"], does: "the first or the last checkpoint" },
  { shown: ["T", "R"], does: "train; train again from the first weights" },
  { shown: ["1", "…", "9"], does: "a layer alone (with Shift: hide it)" },
  { shown: ["S"], does: "the next seed" },
  { shown: ["B"], does: "the band of the seeds" },
  { shown: ["I"], does: "the information plane over the epochs, or the loss" },
  { shown: ["P"], does: "the paper's axes, or the turned ones" },
  { shown: ["F"], does: "the plane as large as the page" },
  { shown: ["/"], does: "find a layer, a unit, a wire, an epoch" },
  { shown: ["M"], does: "a note at this epoch" },
  { shown: ["V"], does: "the values of every picture, as a table" },
  { shown: ["O"], does: "open a run" },
  { shown: ["L"], does: "copy the link" },
  { shown: ["E"], does: "export" },
  { shown: ["Esc"], does: "unpin, close" },
  { shown: ["H"], does: "what is shown: the words and measures" },
  { shown: ["?"], does: "this sheet" },
];
