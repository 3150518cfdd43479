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
  cumulativeAblation,
  type Scope,
} from "./ablation/cumulative.ts";
export {
  type CurveReading,
  type CurveSummary,
  type RandomBand,
  summarizeAblation,
} from "./ablation/curve.ts";
export { type EffectOptions, type PairEffect, pairEffects, type UnitEffect, unitEffects } from "./ablation/effects.ts";
export { type ScoreName, scoreNames, unitScores } from "./ablation/scores.ts";
export { type ReplacementSpec, replacements } from "./ablation/replacement.ts";
