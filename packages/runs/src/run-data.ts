import { type Study, settingsOf } from "./study.ts";
import type { Rows, RunData } from "./row-tables.ts";

/**
 * What figures, films and reports of a training draw from; undefined for a study that follows no network through training.
 *
 * @example
 * ```ts
 * const iris = await study("iris");
 * const { options, rows, file } = readRunOf(iris, "runs/iris");
 * console.log(runData(iris, options, rows, file.version)?.lossName); // summed squared error per example
 * ```
 */
export function runData<Options extends object>(
  study: Pick<Study<Options>, "name" | "network" | "settings">,
  options: Options,
  { measurements, training }: Pick<Rows, "measurements" | "training">,
  version: string,
): RunData | undefined {
  const network = study.network?.(options);
  if (network === undefined) return undefined;
  return { study: study.name, settings: settingsOf(study, options), ...network, measurements, training, version };
}
