/** The engine of this page, what was asked of it, and what was tried before. */
import { computed, effect, signal } from "@preact/signals";
import { EngineClient } from "../engine/client.ts";
import type { Answers, FromEngine, GivenFile, Question, Table, TableRead } from "../engine/protocol.ts";
import { hashOf, readHash, type View } from "./address.ts";
import { PRESETS, presetOf } from "./presets.ts";
import * as run from "./run.ts";
import * as view from "./view.ts";

export const kernels = signal<string | undefined>(undefined);
/** What is asked next: the panel's fields. */
export const question = signal<Question>(PRESETS[0]!.question);
export const preset = signal<string | undefined>(PRESETS[0]!.name);
/** Tables of the user's own that the engine has read, by what they are. */
export const tables = signal<ReadonlyMap<string, TableRead>>(new Map());
/** What tells tables apart: names and content, not the way in which they are read. */
export const nameOfTable = ({ data, labels, sha256 }: Table): string => JSON.stringify([data, labels, sha256]);
/** The table of the question, where its files have not come. */
export const needed = computed(() => {
  const { table } = question.value;
  return table === undefined || tables.value.has(nameOfTable(table)) ? undefined : table;
});
/** What a link said of its result, to be compared. */
export const promised = signal<{ readonly fingerprint: string; readonly version: string | undefined } | undefined>(
  undefined,
);
/** Sentences about a link that could not be read whole. */
export const problems = signal<readonly string[]>([]);
export const embed = signal(false);
export const hidden = signal<readonly string[]>([]);

/** A run of before, to be gone back to. */
export interface Tried {
  readonly question: Question;
  readonly title: string;
  /** Final EI of each layer, mean over the seeds. */
  readonly ei: readonly number[];
  readonly accuracy: number;
}
export const tried = signal<readonly Tried[]>([]);
const MOST_TRIED = 20;

let client: EngineClient | undefined;

/** The engine, begun when it is first needed. */
export function engine(): EngineClient {
  client ??= new EngineClient(
    new Worker(new URL("../engine/engine.worker.ts", import.meta.url), { type: "module" }) as never,
    told,
  );
  return client;
}

function told(event: FromEngine): void {
  if (event.kind === "ready") kernels.value = event.kernels;
  else run.told(event);
  if (event.kind === "begun") {
    waits.value = undefined;
    if (event.run === adopted) ask(event.head.question);
  }
  if (event.kind === "done") remember();
}

/** Does the links of the result and of a link's promise agree? Undefined where there is nothing to compare. */
export const agrees = computed(() => {
  const found = run.fingerprint.value;
  const expected = promised.value;
  if (found === undefined || expected === undefined || !isLinked.value) return undefined;
  return found.startsWith(expected.fingerprint);
});

const waits = signal<Answers["cost"] | undefined>(undefined);
/** What a link asks for, where that takes so long that it waits for a person to begin it. */
export const waiting = computed(() => (question.value === linked.value ? waits.value : undefined));
/** Seconds that a link may take of a machine unasked. */
const MOST_UNASKED = 60;

/** Trains, from the first weights. */
export function begin(): void {
  if (needed.peek() !== undefined) return;
  if (waiting.peek() === undefined || question.peek() !== linked.peek()) promised.value = undefined;
  engine().start(question.value);
}

/**
 * Recomputes what a link leads to; its fingerprint is compared with the result's. What takes long is only offered, and data of the user's own have
 * to come first.
 */
export async function beginLink(): Promise<void> {
  const asked = question.value;
  linked.value = asked;
  waits.value = undefined;
  if (needed.peek() !== undefined) return;
  try {
    const cost = await engine().inquire({ of: "cost", question: asked }).answer;
    if (question.peek() !== asked) return;
    const [low, high] = cost.seconds;
    if ((low + high) / 2 > MOST_UNASKED) {
      waits.value = cost;
      return;
    }
  } catch {
    // The engine says of the question itself what is wrong with it.
  }
  engine().start(asked);
}

/** What the link asks. */
const linked = signal<Question | undefined>(undefined);

/** Whether the run that is shown is the link's. */
const isLinked = computed(() => {
  const [shown, asked] = [run.head.value, linked.value];
  return shown !== undefined && asked !== undefined && isSame(shown.question, asked);
});

/** @param adopt whether the run's question is the one that is asked next. */
export function openFiles(files: readonly GivenFile[], adopt = true): void {
  promised.value = undefined;
  const opened = engine().open(files);
  if (adopt) adopted = opened;
}

/** The run that was opened last by a person: others may begin before it does. */
let adopted: number | undefined;

/** Puts a question into the panel. */
function ask(next: Question): void {
  question.value = next;
  preset.value = PRESETS.find((each) => isSame(each.question, next))?.name;
}

/** Whether two questions ask the same in the same words, in whatever order. */
function isSame(one: Question, other: Question): boolean {
  const text = ({ study, options, table }: Question) =>
    JSON.stringify([study, Object.entries(options).sort(), Object.entries(table ?? {}).sort()]);
  return text(one) === text(other);
}

/** Whether the run that is shown is the question's. */
export const isOfRun = computed(() => {
  const shown = run.head.value;
  return shown !== undefined && isSame(shown.question, question.value);
});

export function choosePreset(name: string): void {
  const chosen = presetOf(name);
  if (chosen === undefined) return;
  preset.value = name;
  question.value = chosen.question;
}

/** Changes an option of the question; undefined takes it back to its default. */
export function change(name: string, value: unknown): void {
  const options = { ...question.value.options };
  if (value === undefined) delete options[name];
  else options[name] = value;
  question.value = { ...question.value, options };
  preset.value = undefined;
}

export function titleOf({ study, options, table }: Question): string {
  const net = options.layers === undefined ? "" : ` ${(options.layers as readonly number[]).join("-")}`;
  return `${table?.data ?? options.data ?? study}${net}`;
}

function remember(): void {
  const asked = run.head.value;
  if (asked === undefined) return;
  const last = run.finishedEpochs.value.at(-1) ?? 0;
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const ei = asked.layers.map((_, layer) =>
    mean(asked.seeds.map((seed) => run.measuresAt(seed, last, layer).get("ei")?.bits ?? Number.NaN)),
  );
  const accuracy = mean(asked.seeds.map((seed) => run.scoresAt(seed, last)?.testAccuracy ?? Number.NaN));
  const entry: Tried = { question: asked.question, title: titleOf(asked.question), ei, accuracy };
  const key = JSON.stringify(entry.question);
  tried.value = [entry, ...tried.value.filter((each) => JSON.stringify(each.question) !== key)].slice(0, MOST_TRIED);
}

/** The hash that leads back to what is shown. */
export const hash = computed(() => {
  const picked = view.state.value?.pinned;
  const pin =
    picked?.kind === "wire"
      ? `L${picked.layer + 1}:${picked.from + 1}-${picked.to + 1}`
      : picked?.kind === "layer"
        ? `L${picked.layer + 1}.${run.head.value?.seeds[picked.seed] ?? 0}`
        : undefined;
  const asked = run.head.value;
  // A result is promised of the question that had it, and of no other; the link's own promise stands until its run is there.
  const found = isOfRun.value ? run.fingerprint.value?.slice(0, 16) : undefined;
  const isLinks = question.value === linked.value;
  const told =
    found !== undefined
      ? { fingerprint: found, version: asked!.version }
      : isLinks && promised.value !== undefined
        ? withoutUndefined(promised.value)
        : {};
  const axes = view.state.value?.axes;
  return hashOf({
    ...(preset.value !== undefined ? { preset: preset.value } : { question: question.value }),
    view: {
      ...(isOfRun.value && !view.follows.value && { epoch: view.epoch.value }),
      ...(axes === "paper" && { axes }),
      ...(isOfRun.value && pin !== undefined && { pin }),
      ...(view.wires.value !== "sensitivity" && { wires: view.wires.value }),
      ...(view.strip.value !== "loss" && { strip: view.strip.value }),
      ...(isLinks && withoutUndefined(wanted.value)),
    },
    ...told,
    embed: embed.value,
    hide: hidden.value,
  });
});

const withoutUndefined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Takes what the address bar says. Returns whether it asks for a run: not where a part of the question is missing. */
export function obey(text: string): boolean {
  run.failure.value = undefined;
  const { address, problems: found, isWhole } = readHash(text);
  problems.value = found;
  embed.value = address.embed;
  hidden.value = address.hide;
  if (address.preset !== undefined && presetOf(address.preset) === undefined) {
    problems.value = [...found, `preset: expected one of ${PRESETS.map(({ name }) => name).join(", ")}.`];
  } else if (address.preset !== undefined) choosePreset(address.preset);
  if (address.question !== undefined) {
    preset.value = undefined;
    question.value = address.question;
  }
  const { axes, wires, strip, epoch, pin } = address.view;
  const measures: readonly view.WireMeasure[] = ["eiParts", "weight", "change"];
  view.wires.value = measures.find((each) => each === wires) ?? "sensitivity";
  const strips: readonly view.StripMeasure[] = ["ei", "loss", "accuracy", "phi", "information"];
  view.strip.value = strips.find((each) => each === strip) ?? "loss";
  const asks = address.question !== undefined || address.preset !== undefined;
  linked.value = asks ? question.value : undefined;
  wanted.value = { epoch, pin, axes };
  // A link shows what it says, and what it leaves out as at first.
  if (asks && axes === undefined) view.set({ axes: "rotated" });
  promised.value =
    address.fingerprint === undefined ? undefined : { fingerprint: address.fingerprint, version: address.version };
  return isWhole && (address.question !== undefined || address.preset !== undefined);
}

/** What a link looks at, until the run is there. */
const wanted = signal<Pick<View, "epoch" | "pin" | "axes">>({});
/** Another run may be shown until the link's is there. */
const isWanted = computed(() => linked.value === undefined || isLinked.value);

// A run that a link asked for is looked at as the link says, as soon as it is there.
effect(() => {
  const asked = run.head.value;
  const shown = view.store.value;
  if (asked === undefined || shown === undefined || view.shown.value !== asked) return;
  if (!isWanted.value) return;
  const { pin, axes } = wanted.value;
  if (axes !== undefined) shown.set({ axes });
  const [, layer, seed] = /^L(\d+)\.(\d+)$/.exec(pin ?? "") ?? [];
  if (asked.layers[Number(layer) - 1] !== undefined) {
    const at = Math.max(0, asked.seeds.indexOf(Number(seed)));
    view.pin({ kind: "layer", seed: at, layer: Number(layer) - 1 });
  }
  const [, of, from, to] = /^L(\d+):(\d+)-(\d+)$/.exec(pin ?? "") ?? [];
  const shape = asked.layers[Number(of) - 1];
  if (shape !== undefined && Number(from) <= shape.inputs && Number(to) <= shape.outputs)
    view.pin({ kind: "wire", layer: Number(of) - 1, from: Number(from) - 1, to: Number(to) - 1 });
  const { epoch } = wanted.value;
  if (pin !== undefined || axes !== undefined) wanted.value = epoch === undefined ? {} : { epoch };
});

// The epoch of a link is gone to when it has been measured.
effect(() => {
  const done = view.epochs.value;
  const { epoch } = wanted.value;
  if (epoch === undefined || !isWanted.value || view.shown.value !== run.head.value) return;
  if (!done.includes(epoch)) return;
  wanted.value = {};
  view.showEpoch(epoch);
});
