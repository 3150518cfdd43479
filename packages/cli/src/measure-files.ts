/** `causalscope measure` of one file: the model, or between two of its tensors the model itself as onnxruntime runs it. */
import { type Measurements, type MeasureWork, measure } from "@causalscope/core";
import { settingsOf } from "@causalscope/core/internal";
import type { BinsSpec, MeasuredLayer, NotMeasured } from "@causalscope/core/measures";
import { onnxBlackBox } from "@causalscope/core/models";
import { announceCost } from "./cost-text.ts";
import type { Io } from "./io.ts";
import { binsOf, flagOf, type MeasureFlags, modelSettingsFrom, settingsFrom, tensorEnds } from "./measure-flags.ts";
import type { NamedModel } from "./model-file.ts";

/** What has been measured of a file so far. */
export interface MeasuredFile {
  /** The file's path, or "standard input". */
  readonly file: string;
  readonly layers: readonly MeasuredLayer[];
  readonly notMeasured: readonly NotMeasured[];
  /** Names of layers that had not been reached when it was cancelled. */
  readonly remaining: readonly string[];
}

/**
 * Measures one model as the flags say.
 *
 * @throws as `measure()`.
 */
export async function measureFile(
  named: NamedModel,
  flags: MeasureFlags,
  io: Io,
  { onPartial, ...watch }: Pick<MeasureWork, "pool" | "onProgress"> & { onPartial: (soFar: MeasuredFile) => void },
): Promise<MeasuredFile> {
  const settings = settingsFrom(flags);
  const counts: readonly BinsSpec[] = flags.sweep ?? [binsOf(flags)];
  const work = (what?: string): MeasureWork => ({
    ...watch,
    signal: io.signal,
    nameOf: flagOf,
    onPartial: (soFar) => onPartial(fileOf(named.who, soFar, what)),
    onBegin: async (mechanisms) => {
      if (flags.quiet === true) return;
      const each = counts.map((bins) => ({ ...settingsOf(settings), measures: settings.measures, bins }));
      await announceCost(mechanisms, each, io.stderr);
    },
  });
  const ends = tensorEnds(named, flags);
  if (ends === undefined) {
    const all = { ...settings, ...modelSettingsFrom(named.model, flags, io) };
    return fileOf(named.who, await measure(named.model, all, work()));
  }
  const what = "the model itself, run by onnxruntime";
  const mechanism = await betweenTensors(named, ends, flags);
  try {
    return fileOf(named.who, await measure(mechanism, settings, work(what)), what);
  } finally {
    await mechanism.release();
  }
}

function betweenTensors(
  { bytes, who, model }: NamedModel,
  { from, to }: { readonly from: string; readonly to: string },
  { inputRange, outputRange }: MeasureFlags,
) {
  const ranges = {
    inputRange: inputRange ?? model.assumedRange(from),
    outputRange: outputRange ?? model.assumedRange(to),
  };
  return onnxBlackBox(bytes, { who, from, to, ...ranges, shapes: model.shapes });
}

function fileOf(file: string, { layers, notMeasured, remaining }: Measurements, what?: string): MeasuredFile {
  return {
    file,
    layers: what === undefined ? layers : layers.map((layer) => ({ ...layer, what })),
    notMeasured,
    remaining,
  };
}
