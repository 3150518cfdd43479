/** What `measure()` is going to measure: the mechanisms of the layers that are chosen, made a batch at a time. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue } from "../checks/options-check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { described } from "../checks/schema/records.ts";
import { range, whole } from "../checks/schema/scalars.ts";
import type { BinsSpec, Range } from "../information/bins.ts";
import { isMechanism, type Mechanism } from "../model/mechanism.ts";
import { Model } from "../model/model.ts";
import { yieldToEventLoop } from "../settings/yield-to-event-loop.ts";
import { type FoundRanges, type RangeSettings, rangeSettings, rangesOf } from "./range-settings.ts";
import {
  infeasible,
  isSubject,
  type LayerChoice,
  type NotMeasured,
  type Request,
  requestsOf,
  type Subject,
  subjectOf,
} from "./requested-layers.ts";

/** The settings that say which mechanisms are measured. */
export interface PlanSettings extends LayerChoice {
  /** Range of the network's own inputs; with `from`, of that layer's. Default: the model's, else (−10, 10). */
  readonly inputRange?: Range | undefined;
  /** Range of the outputs of every layer that is measured. Default: by its activation. */
  readonly outputRange?: Range | undefined;
  /** Ranges of layers and tensors. */
  readonly ranges?: RangeSettings | undefined;
}

const layer = v.union([v.string(), whole(0)], "the name of a layer, or its position from 0");

/** What each of them may be. */
export const planSettings = {
  layers: v.optional(described(listOf(layer), "Only these layers, by name or position. Default: all.")),
  from: v.optional(
    described(layer, "The first of several layers that are measured as one mechanism. Default: the model's first."),
  ),
  to: v.optional(described(layer, "The last of these layers. Default: the model's last.")),
  inputRange: v.optional(
    described(
      range,
      "Range of the network's inputs; with `from`, of that layer's inputs. Default: that of the model, or else −10 to 10.",
    ),
  ),
  outputRange: v.optional(
    described(range, "Range of the outputs of every measured layer. Default: that of its activation."),
  ),
  ranges: v.optional(described(rangeSettings, "Ranges of layers and tensors.")),
} as const satisfies { readonly [name in keyof PlanSettings]-?: v.GenericSchema<unknown, PlanSettings[name]> };

/** What messages call a setting. */
export type NameOf = (setting: keyof PlanSettings) => string;

/** What decides whether a mechanism would take too long. */
interface Effort {
  readonly counts: readonly BinsSpec[];
  readonly force: boolean;
}

/** Layers are made into mechanisms and measured together up to so many trained numbers: all mechanisms at once could fill the memory. */
const TOGETHER = 2e6;

export interface Plan {
  readonly who: string;
  /** Of all that will be measured, by position. */
  readonly names: ReadonlyMap<number, string>;
  /** Made one after another, so that not all are held at once. */
  readonly batches: AsyncGenerator<readonly (Subject | NotMeasured)[], void>;
}

/** @throws InvalidInputError for anything but a model or a mechanism, and for settings that it does not take. */
export async function planOf(
  subject: Model | Mechanism,
  settings: PlanSettings,
  effort: Effort,
  nameOf: NameOf,
): Promise<Plan> {
  if (!(subject instanceof Model)) {
    requireSubject(subject);
    const wrong = (["layers", "from", "to", "inputRange", "outputRange", "ranges"] as const).find(
      (name) => settings[name] !== undefined,
    );
    if (wrong !== undefined) {
      const remedy = "A mechanism has its own ranges: set them when you create it.";
      throw new InvalidInputError({
        who: nameOf(wrong),
        expected: "no such setting for a mechanism",
        got: "one",
        remedy,
      });
    }
    return { who: subject.name, names: new Map([[0, subject.name]]), batches: alone(subject) };
  }
  const ranges = await rangesOf(
    subject,
    settings.ranges === undefined ? {} : settings.ranges,
    settings.inputRange,
    nameOf("ranges"),
  );
  const asked = requestsOf(subject, settings, nameOf);
  requireFirst(subject, asked, settings, nameOf);
  const names = new Map(asked.map(({ position, to }) => [position, to.name]));
  return { who: subject.who, names, batches: layerBatches(subject, asked, settings, effort, ranges) };
}

function requireSubject(subject: unknown): asserts subject is Mechanism {
  if (isMechanism(subject)) return;
  const isCheckpoint = typeof subject === "object" && subject !== null && "model" in subject;
  const remedy = isCheckpoint
    ? "Pass its model: checkpoint.model."
    : "readModel() reads a model from a file, network() creates one, dense() creates a mechanism.";
  const got = kindOfValue(subject);
  throw new InvalidInputError({ who: "measure()", expected: "a model or a mechanism", got, remedy });
}

/** A range of the network's inputs that no chosen layer takes is a mistake. */
function requireFirst(model: Model, asked: readonly Request[], settings: PlanSettings, nameOf: NameOf): void {
  const { inputRange, layers, from, to } = settings;
  if (inputRange === undefined || from !== undefined || to !== undefined) return;
  const own = new Set(model.inputs.map(({ name }) => name));
  const takesInputs = ({ sources }: Request["from"]) => sources.some((name) => own.has(name));
  check(
    asked.some((request) => takesInputs(request.from)),
    () => ({
      who: nameOf("inputRange"),
      expected: `the network's first layer, ${model.layers.find(takesInputs)?.name}, in ${nameOf("layers")}`,
      got: `${layers?.join(", ")}`,
      remedy: `For the inputs of a later layer, use ${nameOf("from")} and ${nameOf("to")}.`,
    }),
  );
}

async function* alone(mechanism: Mechanism): Plan["batches"] {
  yield [{ position: 0, mechanism }];
}

/** Turns of the event loop, for signals, after so many trained numbers have been followed. */
const BREATH = 1e5;

async function* layerBatches(
  model: Model,
  asked: readonly Request[],
  settings: PlanSettings,
  effort: Effort,
  ranges: FoundRanges,
): Plan["batches"] {
  let followed = 0;
  for (const chunk of chunks(asked)) {
    const batch: (Subject | NotMeasured)[] = [];
    for (const request of chunk) {
      batch.push(subjectFrom(model, request, settings, effort, ranges));
      followed += 1000 + request.to.parameters;
      if (followed < BREATH) continue;
      followed = 0;
      await yieldToEventLoop();
    }
    yield batch;
  }
}

function subjectFrom(
  model: Model,
  request: Request,
  settings: PlanSettings,
  { counts, force }: Effort,
  { observed, missing }: FoundRanges,
): Subject | NotMeasured {
  const { inputRange, outputRange } = settings;
  const { from, to, position } = request;
  const unseen = [...from.sources, to.output].find((tensor) => missing.has(tensor));
  if (unseen !== undefined && outputRange === undefined) {
    return { position, name: to.name, reason: `no range of "${unseen}" was observed: ${missing.get(unseen)}` };
  }
  const spans = settings.from !== undefined || settings.to !== undefined;
  // With `from`, the range given is that of the inputs of the layer that it names.
  const entering = spans && inputRange !== undefined ? from.sources.map((tensor) => [tensor, inputRange] as const) : [];
  const known = new Map([...(observed ?? []), ...entering]);
  const subject = subjectOf(model, request, { inputRange, outputRange, observed: known }, force);
  if (!isSubject(subject) || force) return subject;
  const reason = infeasible(subject.mechanism, counts);
  return reason === undefined ? subject : { position, name: subject.mechanism.name, reason };
}

/** In order, as many together as are small. */
function chunks(asked: readonly Request[]): Request[][] {
  const all: Request[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const request of asked) {
    const { parameters } = request.to;
    if (size + parameters > TOGETHER) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(request);
    size += parameters;
  }
  return all;
}
