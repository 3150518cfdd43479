/** What breaks when units are removed. */

// A whole model: removal in order of a score, single units, pairs
export {
  type AblateSettings,
  type AblateWork,
  type Ablation,
  ablate,
  type ScopeAblation,
} from "./ablation/ablate.ts";

// Its parts
export {
  type AblationCurve,
  type AblationOptions,
  type AblationResult,
  type CurvePoint,
  cumulativeAblation,
  type Scope,
  type UnitScores,
} from "./ablation/cumulative.ts";
export type { Answers } from "./ablation/answers.ts";
export type { UnitPlace } from "./ablation/ablator.ts";
export {
  type CurveReading,
  type CurveSummary,
  type RandomBand,
  type Spread,
  type SummaryOptions,
  summarizeAblation,
} from "./ablation/curve.ts";
export { type EffectOptions, type PairEffect, pairEffects, type UnitEffect, unitEffects } from "./ablation/effects.ts";
export { type ScoreName, type ScoreOptions, scoreNames, unitScores } from "./ablation/scores.ts";
export { type ReplacementSpec, replacements } from "./ablation/replacement.ts";
