/** The epochs at which a training is looked at. */
import * as v from "valibot";
import { InvalidInputError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { whole } from "../checks/schema/scalars.ts";

/**
 * Which epochs of a training are checkpoints: `"sqrt:51"`, 51 of them, close together at first, where most happens, and evenly spaced in the
 * square root of the epoch; or a list of epochs. Epoch 0 and the last are always among them.
 */
export type Schedule = `sqrt:${number}` | readonly number[];

/** Checkpoints that a schedule may have. */
const MOST = 1_000_000;

export const SCHEDULE = `sqrt:N, N checkpoints from 2 to 1,000,000, or a list of different epochs`;

/** A schedule as an option has it. */
export const scheduleSchema = v.custom<Schedule>(isSchedule, SCHEDULE);

function isSchedule(value: unknown): value is Schedule {
  if (!Array.isArray(value)) return countOf(value) !== undefined;
  const isEpoch = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
  return value.length > 0 && value.length <= MOST && value.every(isEpoch) && new Set(value).size === value.length;
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" ? Number(/^sqrt:([1-9]\d{0,6})$/.exec(value)?.[1]) : Number.NaN;
  return count >= 2 && count <= MOST ? count : undefined;
}

/**
 * The epochs of a schedule, for a training of so many: in order, each once, from 0 to the last.
 *
 * A √ schedule of N has the epochs epochs · (k / (N − 1))², k = 0 … N − 1, rounded, each at least one after the one before; where there are
 * fewer epochs than that, it has all of them.
 *
 * @example
 * ```ts
 * console.log(scheduledEpochs("sqrt:6", 1000)); // [ 0, 40, 160, 360, 640, 1000 ]
 * console.log(scheduledEpochs([5, 1], 10)); // [ 0, 1, 5, 10 ]
 * ```
 * @throws InvalidInputError for what is no schedule, and for an epoch beyond the last.
 */
export function scheduledEpochs(schedule: Schedule, epochs: number): number[] {
  const who = "scheduledEpochs()";
  parse(whole(0), epochs, `${who}: epochs`);
  return epochsOf(parse(scheduleSchema, schedule, `${who}: schedule`), epochs, `${who}: schedule`);
}

/** @throws InvalidInputError for an epoch beyond the last. */
export function epochsOf(schedule: Schedule, epochs: number, who: string): number[] {
  if (typeof schedule === "string") return squares(countOf(schedule)!, epochs);
  const beyond = schedule.find((epoch) => epoch > epochs);
  if (beyond === undefined) return [...new Set([0, ...schedule, epochs])].sort((a, b) => a - b);
  throw new InvalidInputError({ who, expected: `epochs from 0 to ${epochs}`, got: `${beyond}` });
}

function squares(count: number, epochs: number): number[] {
  const last = Math.min(count - 1, epochs);
  if (last === epochs) return Array.from({ length: epochs + 1 }, (_, epoch) => epoch);
  const found = [0];
  // The curve is convex, so pushing early ones apart never pushes the end beyond the last epoch.
  for (let k = 1; k <= last; k++) found.push(Math.max(found[k - 1]! + 1, Math.round((epochs * k * k) / (last * last))));
  return found;
}
