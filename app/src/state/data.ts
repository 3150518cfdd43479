/** The data of the question: which, how much of it is learned from, and what lacks of the user's own. */
import { computed, effect, signal } from "@preact/signals";
import { failureOf } from "../engine/failure.ts";
import type { Answers, Question, Table } from "../engine/protocol.ts";
import { presetOf } from "./presets.ts";
import { head } from "./run.ts";
import { change, choosePreset, engine, isOfRun, needed, preset, question } from "./session.ts";

/** What is wrong with data that were given, and what could not be read. */
export const problem = signal<{ readonly message: string; readonly table: Table | undefined } | undefined>(undefined);
/** Goes up by one when the engine has been given data: what lacked them can be asked for again. */
export const arrived = signal(0);
/** What the next file will be, where a button asked for it. */
export const expects = signal<"labels" | undefined>(undefined);
/** How many examples the question has, and those of two features. */
export const examples = signal<Answers["data"] | undefined>(undefined);

// Another run is shown: what was wrong with data before it has been seen.
effect(() => {
  void head.value;
  problem.value = undefined;
});

/** Names of files that the engine has. */
export const kept = signal<ReadonlySet<string>>(new Set());
/** Files that the question needs, and that have not come. */
export const absent = computed<readonly { readonly name: string; readonly sha256: string | undefined }[]>(() => {
  const table = needed.value;
  if (table === undefined) return [];
  const files = filesOfTable(table).map((name, k) => ({ name, sha256: table.sha256[k] }));
  const waiting = files.filter(({ name }) => !kept.value.has(name));
  // Where all have come, and one of them was wrong, it is needed still.
  return waiting.length > 0 ? waiting : files;
});

/** Its files without the names of arrays: inputs, then labels. */
export function filesOfTable({ data, labels }: Table): string[] {
  const file = (path: string) => path.replace(/(\.npz):[^:]+$/i, "$1");
  return [...new Set([data, ...(labels === undefined ? [] : [labels])].map(file))];
}

/** Other data that come with the page; what of the question does not go with them is left out. */
export async function chooseData(name: string): Promise<void> {
  const { study, options, table } = question.peek();
  if (study !== "train" || table !== undefined) {
    if (presetOf(name) !== undefined && name !== "iris" && name !== "mnist") choosePreset(name);
    else {
      preset.value = undefined;
      question.value = { study: "train", options: { data: name, seeds: [0] } };
    }
    return;
  }
  const { data: _, layers, noise, trainRows, classes, side, batch, ...kept } = options;
  const asked = question.peek();
  // Only what layers follow from: another option may be wrong, and says so itself.
  const own = { study, options: { data: name } };
  let found: Answers["options"];
  try {
    found = await engine().inquire({ of: "options", question: own }).answer;
  } catch (error) {
    problem.value = { message: failureOf(error).message, table: undefined };
    return;
  }
  // Something else has been asked in between.
  if (question.peek() !== asked) return chooseData(name);
  const [first, last] = [(found.layers as readonly number[])[0]!, (found.layers as readonly number[]).at(-1)!];
  const hidden = ((layers ?? found.layers) as readonly number[]).slice(1, -1);
  const fits = { layers: [first, ...hidden, last], ...(hasNoise(name) && noise !== undefined && { noise }) };
  preset.value = undefined;
  question.value = { study, options: { data: name, ...fits, ...kept } };
}

/** Whether data are made, with noise. */
export const hasNoise = (name: unknown): boolean => name === "spiral" || name === "circles";

/** Options that the examples follow from, in the order of a question. */
const OF_DATA = ["data", "noise", "splitSeed", "trainRows", "classes", "randomLabels", "inputRange"];

const dataAsked = computed(() => {
  const { study, options, table } = question.value;
  const own = Object.fromEntries(OF_DATA.flatMap((name) => (name in options ? [[name, options[name]]] : [])));
  return needed.value === undefined ? JSON.stringify({ study, options: own, ...(table && { table }) }) : undefined;
});

let toldOf = "";

/** Asks for the examples of the question, as an effect. */
export function followExamples(): (() => void) | undefined {
  const asked = dataAsked.value;
  if (asked === undefined) return undefined;
  const { study, options, table } = JSON.parse(asked) as Question;
  const of = JSON.stringify([study, options.data, table]);
  // A share of other data would be shown as if it were of these.
  if (of !== toldOf) examples.value = undefined;
  toldOf = of;
  const awaited = engine().inquire({ of: "data", question: { study, options, ...(table && { table }) } });
  awaited.answer.then(
    (found) => {
      examples.value = found;
    },
    // The question panel says what is wrong with a question.
    () => {},
  );
  return awaited.forget;
}

/** Cuts the examples so that a share of them tests. */
export function changeTestShare(percent: number): void {
  const rows = examples.peek()?.rows;
  if (rows !== undefined) change("trainRows", Math.max(1, Math.min(rows - 1, Math.round(rows * (1 - percent / 100)))));
}

/** A run that was opened is shown without its data. */
export const lacks = computed(() => (isOfRun.value ? [] : absent.value));

export const hasNotice = computed(() => problem.value !== undefined || lacks.value.length > 0);
