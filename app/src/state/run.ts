/** The run that the page shows: its rows as they come, and what the page says of it. */

import type { MeasurementRow, RunData, TrainingRow } from "@causalscope/runs";
import { batch, computed, signal } from "@preact/signals";
import type { Failure, FromEngine, RunHead } from "../engine/protocol.ts";

export type RunStatus = "none" | "training" | "done" | "stopped" | "failed";

export const head = signal<RunHead | undefined>(undefined);
export const status = signal<RunStatus>("none");
/** What went wrong: with the run shown, or, where its status says otherwise, with one that could not be begun beside it. */
export const failure = signal<Failure | undefined>(undefined);
/** Of a run that is stopped. */
export const left = signal<{ readonly finished: number; readonly canContinue: boolean } | undefined>(undefined);
export const progress = signal<{ readonly at: string; readonly fraction: number } | undefined>(undefined);
/** Of the whole result, once the run is finished: 64 hexadecimal digits. */
export const fingerprint = signal<string | undefined>(undefined);
/** Goes up by one whenever rows have come. */
export const version = signal(0);

let measurements: MeasurementRow[] = [];
let training: TrainingRow[] = [];
/** Rough rows by place, until better ones come. */
const rough = new Map<string, RowsAt>();
interface RowsAt {
  readonly measurements: readonly MeasurementRow[];
  readonly training: readonly TrainingRow[];
}
const placeOf = ({ seed, epoch }: { readonly seed: number; readonly epoch: number }) => `${seed} ${epoch}`;
let number = 0;

/** What has come so far, as figures take it; undefined before the first rows. */
export const data = computed<RunData | undefined>(() => {
  void version.value;
  const asked = head.value;
  const shown = better.size === 0 ? measurements : measurements.map((row) => better.get(keyOf(row)) ?? row);
  const parts = [{ measurements: shown, training }, ...rough.values()];
  if (asked === undefined || parts.every((part) => part.measurements.length === 0)) return undefined;
  const { study, version: made, seeds, layers, lossName, settings } = asked;
  return {
    ...{ study, version: made, seeds, layers, lossName, settings },
    measurements: parts.flatMap((part) => part.measurements),
    training: parts.flatMap((part) => part.training),
    ...(rough.size > 0 && { soFar: [...rough.values()].map((part) => part.measurements[0]!) }),
  };
});

/** Whether better values of a place are being found, or would have been. */
export function isRough(place: { readonly seed: number; readonly epoch: number }): boolean {
  void version.value;
  return rough.has(placeOf(place));
}

/** All rows of measurements of the run, without what was measured again. */
export function measurementsSoFar(): readonly MeasurementRow[] {
  return measurements;
}

/** Epochs of which there are rows, ascending. */
export const finishedEpochs = computed<readonly number[]>(() => {
  void version.value;
  return [...new Set(measurements.map(({ epoch }) => epoch))].sort((a, b) => a - b);
});

/** Rows of a layer at a place, by the measure's name: looked up with every frame. */
const byPlace = new Map<string, Map<string, MeasurementRow>>();

function keep(rows: readonly MeasurementRow[]): void {
  for (const row of rows) {
    const key = `${row.seed} ${row.epoch} ${row.layer}`;
    const kept = byPlace.get(key) ?? new Map<string, MeasurementRow>();
    kept.set(row.measure, row);
    byPlace.set(key, kept);
  }
}

/** The measures of a layer at a place, by name; empty where there are none. */
export function measuresAt(seed: number, epoch: number, layer: number): ReadonlyMap<string, MeasurementRow> {
  return byPlace.get(`${seed} ${epoch} ${layer}`) ?? new Map();
}

/** The scores of a network at an epoch. */
export function scoresAt(seed: number, epoch: number): TrainingRow | undefined {
  const at = rough.get(placeOf({ seed, epoch }))?.training ?? training;
  return at.find((row) => row.seed === seed && row.epoch === epoch);
}

const keyOf = ({ seed, epoch, layer, measure }: MeasurementRow) => `${seed} ${epoch} ${layer} ${measure}`;
/** Rows that were measured again; the run's own stay beside them. */
const better = new Map<string, MeasurementRow>();

/** Shows rows that were measured again, with a smaller error, in the place of those that the run had. */
export function replaceRows(rows: readonly MeasurementRow[]): void {
  for (const row of rows) better.set(keyOf(row), row);
  keep(rows);
  version.value = version.peek() + 1;
}

/** Milliseconds between two drawings of a run: rows come faster, and all views are drawn anew with each. */
const BETWEEN = 250;
let announced = false;
/** Whether rows have come since: how far a run is changes far more often than what the views draw. */
let hasCome = false;
let shownAt = Number.NEGATIVE_INFINITY;
let latest: typeof progress.value;

/** Shows what has come, soon. */
function announce(): void {
  if (announced) return;
  announced = true;
  setTimeout(() => requestAnimationFrame(show), Math.max(0, shownAt + BETWEEN - performance.now()));
}

/** Shows what has come. */
function show(): void {
  announced = false;
  shownAt = performance.now();
  batch(() => {
    if (hasCome) version.value = version.peek() + 1;
    hasCome = false;
    progress.value = latest;
  });
}

/** The last thing that a run tells: what came before is shown with it. */
function end(as: RunStatus): void {
  latest = undefined;
  batch(() => {
    show();
    status.value = as;
  });
}

/** Takes what the engine tells of runs. */
export function told(event: FromEngine): void {
  if (event.kind === "begun") {
    number = event.run;
    measurements = [];
    training = [];
    rough.clear();
    better.clear();
    byPlace.clear();
    head.value = event.head;
    status.value = "training";
    failure.value = undefined;
    fingerprint.value = undefined;
    latest = { at: "", fraction: 0 };
    progress.value = latest;
    version.value = version.peek() + 1;
    return;
  }
  if (event.kind === "failed" && (event.run === 0 || event.run >= number)) {
    failure.value = event.failure;
    // What could not be begun leaves the run that is shown as it is.
    if (event.run > number && head.peek() !== undefined) return;
    end("failed");
    return;
  }
  if (!("run" in event) || event.run !== number) return;
  switch (event.kind) {
    case "rows":
      if (event.soFar) {
        const [first] = event.measurements;
        if (first !== undefined) rough.set(placeOf(first), event);
        keep(event.measurements);
        hasCome = true;
        announce();
        break;
      }
      for (const row of event.measurements) rough.delete(placeOf(row));
      // At most MOST_ROWS of them.
      measurements.push(...event.measurements);
      keep(event.measurements);
      training.push(...event.training);
      hasCome = true;
      announce();
      break;
    case "progress":
      latest = { at: event.at, fraction: event.fraction };
      announce();
      break;
    case "done":
      fingerprint.value = event.fingerprint;
      end("done");
      break;
    case "continued":
      status.value = "training";
      failure.value = undefined;
      progress.value = { at: "", fraction: 0 };
      break;
    case "stopped":
      left.value = { finished: event.finished, canContinue: event.canContinue };
      end("stopped");
  }
}
