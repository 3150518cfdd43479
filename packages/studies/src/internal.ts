/** What the command shares with the study of ablation. Not for other programs: it changes without notice. */
export { ablationFindings, gapOf } from "./ablation/findings.ts";
export { figuresOfAblation } from "./ablation/figures.ts";
export { ablationRows } from "./ablation/rows.ts";
