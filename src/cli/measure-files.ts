/** The measuring of `causalscope measure`, file by file: which layers, in what order, and what is left where it is cancelled. */
import { MEASURES } from "../causal/measure-names.ts";
import type { Pool } from "../engines/pool.ts";
import { InvalidInputError } from "../errors.ts";
import { type BinCounts, type BinsSpec, validBins } from "../information/bins.ts";
import { onnxBlackBox } from "../runtime/onnx-runtime.ts";
import { announceCost } from "./cost.ts";
import { messageOf } from "./error-text.ts";
import { type Io, pauses } from "./io.ts";
import { type Measured, measureAll } from "./measure-layers.ts";
import {
  DEFAULT_BINS,
  infeasible,
  isSubject,
  type MeasureFlags,
  type Request,
  requests,
  requireGroups,
  type Subject,
  subjectOf,
  tensorEnds,
  type Unmeasured,
} from "./measure-request.ts";
import type { NamedModel } from "./model-file.ts";
import { type FoundRanges, rangesOf } from "./ranges.ts";

/** What a file gave, so far. */
export interface MeasuredFile {
  readonly who: string;
  readonly found: readonly Measured[];
  readonly unmeasured: readonly Unmeasured[];
  /** Names of layers that were not come to. */
  readonly remaining: readonly string[];
}

/** Layers are made into mechanisms and measured together up to so many trained numbers: all mechanisms at once could fill the memory. */
const TOGETHER = 2e6;

export interface FileWatch {
  readonly pool: Pool;
  readonly onProgress: (fraction: number, name: string) => void;
  /** Gets all that is known of the file, whenever that changes. */
  readonly onSoFar: (file: MeasuredFile) => void;
}

/**
 * Measures what the flags ask of one model.
 *
 * @throws InvalidInputError where nothing of it can be measured, with the first reason, or the first error of its layers; the signal's
 *   reason when cancelled.
 */
export async function measureFile(
  named: NamedModel,
  flags: MeasureFlags,
  io: Io,
  { pool, onProgress, onSoFar }: FileWatch,
): Promise<MeasuredFile> {
  const { who } = named;
  const { sweep, groups, method, rest = 0, seed, tolerance, samples, outside, offset, memory, force } = flags;
  const bins = binsOf(flags);
  const { names, batches } = await plan(named, flags, io);
  const found: Measured[] = [];
  const unmeasured: Unmeasured[] = [];
  const errors: unknown[] = [];
  const tell = (more: readonly Measured[]): MeasuredFile => {
    const all = [...found, ...more];
    const known = new Set([...all, ...unmeasured].map(({ position }) => position));
    const remaining = [...names].filter(([position]) => !known.has(position)).map(([, name]) => name);
    const file = { who, found: all, unmeasured, remaining };
    onSoFar(file);
    return file;
  };
  try {
    for await (const batch of batches) {
      const subjects = batch.filter(isSubject);
      for (const each of batch) if (!isSubject(each)) unmeasured.push(each);
      if (subjects.length === 0) continue;
      for (const { mechanism } of subjects) if (groups !== undefined) requireGroups(groups, mechanism);
      if (flags.quiet !== true) {
        const asked = { method, tolerance, samples, outside, offset, force, memory, measures: flags.measures };
        const each = (sweep ?? [bins]).map((count) => ({ ...asked, bins: count }));
        await announceCost(
          subjects.map(({ mechanism }) => mechanism),
          each,
          io.stderr,
        );
      }
      const done = found.length + unmeasured.length;
      const share = (fraction: number, name: string) =>
        onProgress((done + subjects.length * fraction) / names.size, name);
      const effort = { seed, tolerance, samples, memory, force };
      const options = { bins, method, rest, outside, offset, ...effort, signal: io.signal, pool };
      const measured = await measureAll(
        subjects,
        { ...options, measures: flags.measures ?? MEASURES },
        { sweep, groups, matrix: flags.matrix === true },
        {
          onProgress: share,
          onSoFar: tell,
          onFailed: (error, { position, mechanism: { name } }) => {
            errors.push(error);
            unmeasured.push({ position, name, reason: messageOf(error), failed: true });
          },
        },
      );
      for (const each of measured) found.push(each);
    }
  } finally {
    await batches.return(undefined);
  }
  const file = tell([]);
  if (found.length === 0 && errors.length > 0) throw errors[0];
  requireSomething(file);
  return file;
}

/** What leaves nothing to show is an error, and not an empty table. */
function requireSomething({ found, unmeasured }: MeasuredFile): void {
  const reasons = found.map(({ measures }) => {
    const isEmpty = MEASURES.every((measure) => measures[measure] === undefined);
    return isEmpty ? Object.values(measures.omitted ?? {})[0] : undefined;
  });
  if (found.length > 0 && reasons.includes(undefined)) return;
  const [first] = unmeasured;
  throw new InvalidInputError(
    reasons[0] ?? (first === undefined ? "expected layers; got none." : `${first.name}: ${first.reason}.`),
  );
}

interface Plan {
  /** Of all that will be measured, by position. */
  readonly names: ReadonlyMap<number, string>;
  /** Made one after another, so that not all are held at once. */
  readonly batches: AsyncGenerator<readonly (Subject | Unmeasured)[], void>;
}

async function plan(named: NamedModel, flags: MeasureFlags, io: Io): Promise<Plan> {
  const ends = tensorEnds(named, flags);
  if (ends !== undefined) {
    return { names: new Map([[0, `${ends.from} … ${ends.to}`]]), batches: runBatch(named, ends, flags) };
  }
  const ranges = await rangesOf(named.model, flags, io);
  const asked = requests(named.model, flags);
  const names = new Map(asked.map(({ position, to }) => [position, to.name]));
  return { names, batches: layerBatches(named, asked, { ...flags, ...ranges }, io) };
}

async function* layerBatches(
  { model }: NamedModel,
  asked: readonly Request[],
  flags: MeasureFlags & FoundRanges,
  io: Io,
): Plan["batches"] {
  const pause = pauses(io);
  for (const chunk of chunks(asked)) {
    const batch: (Subject | Unmeasured)[] = [];
    for (const request of chunk) {
      await pause();
      batch.push(subjectFrom(model, request, flags));
    }
    yield batch;
  }
}

/** The model itself between two of its tensors, which a runtime evaluates. */
async function* runBatch(
  { bytes, who, model }: NamedModel,
  { from, to }: { readonly from: string; readonly to: string },
  { inputRange, outputRange }: MeasureFlags,
): Plan["batches"] {
  const { shapes } = model.graph;
  const ranges = {
    inputRange: inputRange ?? model.assumedRange(from),
    outputRange: outputRange ?? model.assumedRange(to),
  };
  const mechanism = await onnxBlackBox(bytes, { who, from, to, ...ranges, shapes });
  try {
    yield [{ position: 0, mechanism, what: "the model itself, run by onnxruntime" }];
  } finally {
    await mechanism.release();
  }
}

export function binsOf({ bins, sweep }: MeasureFlags): BinCounts {
  return validBins(bins ?? sweep?.[0] ?? DEFAULT_BINS, "--bins");
}

function subjectFrom(
  model: NamedModel["model"],
  request: Request,
  flags: MeasureFlags & FoundRanges,
): Subject | Unmeasured {
  const { inputRange, outputRange, missing } = flags;
  const name = request.to.name;
  const unseen = [...request.from.sources, request.to.output].find((tensor) => missing.has(tensor));
  if (unseen !== undefined && outputRange === undefined) {
    return { position: request.position, name, reason: `no range of "${unseen}" was observed: ${missing.get(unseen)}` };
  }
  const spans = flags.from !== undefined || flags.to !== undefined;
  // With --from, the range given is that of the inputs of the layer that it names.
  const entering =
    spans && inputRange !== undefined ? request.from.sources.map((tensor) => [tensor, inputRange] as const) : [];
  const observed = new Map([...(flags.observed ?? []), ...entering]);
  const subject = subjectOf(model, request, { inputRange, outputRange, observed }, flags.force);
  if (!isSubject(subject) || flags.force === true) return subject;
  const bins: readonly BinsSpec[] = flags.sweep ?? [binsOf(flags)];
  const reason = infeasible(subject.mechanism, bins);
  return reason === undefined ? subject : { position: request.position, name: subject.mechanism.name, reason };
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
