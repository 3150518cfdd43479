/**
 * Lines of the journals of formats 1 and 2: a checkpoint of a training, with one file, or a part of a study without. They are read, and
 * no longer written.
 */
import {
  type JournalEntry,
  type Refuse,
  requireMeasurementRow,
  requireTrainingRow,
  requireValueRow,
} from "./journal-rows.ts";
import { checkpointName } from "./checkpoint-file.ts";
import type { RunFile } from "./run-file.ts";

/** @param line as it stands there, for messages. @param index position of the line, from 0. */
export function earlierLine(
  content: unknown,
  line: string,
  { format, question }: Pick<RunFile, "format" | "question">,
  index: number,
  who: string,
  refuse: Refuse,
): JournalEntry {
  const { training, measurements, step, values, checkpoint } = (content ?? {}) as Record<string, unknown>;
  if (Number.isSafeInteger(step) && Array.isArray(values)) {
    const rows = values.map((row, k) => requireValueRow(row, format, `${who}, values ${k + 1}`));
    return { finished: { part: step as number, step: 0, rows: { values: rows } }, blobs: {} };
  }
  if (typeof training !== "object" || training === null || !Array.isArray(measurements)) {
    throw refuse(who, "a finished checkpoint or part as JSON", line.slice(0, 60));
  }
  const learned = requireTrainingRow(training, `${who}, training`);
  const rows = measurements.map((row, k) => requireMeasurementRow(row, learned, `${who}, measurements ${k + 1}`));
  if (rows.length === 0) throw refuse(who, "at least one measurement", "none");
  const { seed, epoch } = learned;
  const { seeds } = question;
  const part = Array.isArray(seeds) ? seeds.indexOf(seed) : index;
  if (part < 0) throw refuse(who, `one of the seeds ${String(seeds)}, as in run.json`, `seed ${seed}`);
  const finished = { part, step: epoch, rows: { training: [learned], measurements: rows } };
  if (format === 1) return { finished, blobs: {} };
  if (typeof checkpoint !== "string" || !/^[0-9a-f]{64}$/.test(checkpoint)) {
    throw refuse(who, "the SHA-256 of a checkpoint", JSON.stringify(checkpoint) ?? "none");
  }
  return { finished, blobs: { [checkpointName(seed, epoch)]: checkpoint } };
}
