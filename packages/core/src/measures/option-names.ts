/** Names of all options that measures take: one of them may be of no use to another, but none is unknown to all. */
import { settingNames } from "../work/settings.ts";

export const measureOptions = {
  ...settingNames,
  signal: true,
  onProgress: true,
  pool: true,
  onPartial: true,
  extrapolate: true,
  measures: true,
  onMeasured: true,
  measure: true,
  inputRange: true,
} as const;
