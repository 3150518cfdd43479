/** The data of the question: which, how much of it is learned from, and tables of the user's own, whose bytes the engine keeps. */
import { computed, effect, signal } from "@preact/signals";
import type { Answers, GivenFile, Question, Table, TableRead } from "../engine/protocol.ts";
import { presetOf } from "./presets.ts";
import { head } from "./run.ts";
import {
  beginLink,
  change,
  choosePreset,
  engine,
  isOfRun,
  nameOfTable,
  needed,
  preset,
  question,
  tables,
} from "./session.ts";

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
const kept = signal<ReadonlySet<string>>(new Set());
/** The last file of inputs, which labels that come later belong to, even if it could not be read without them. */
let lastData: string | undefined;

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
function filesOfTable({ data, labels }: Table): string[] {
  const file = (path: string) => path.replace(/(\.npz):[^:]+$/i, "$1");
  return [...new Set([data, ...(labels === undefined ? [] : [labels])].map(file))];
}

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Names that labels go by: y.npy, labels.csv, train-labels-idx1-ubyte. */
const isLabels = (name: string) => /^y(?:[_.-]|$)|label|target/i.test(name);

/** Takes one or two dropped or picked files as data. What is wrong with them is told, never thrown. */
export async function takeData(given: readonly GivenFile[]): Promise<boolean> {
  const files = given.map(({ path, bytes }) => ({ path: baseName(path), bytes }));
  const role = expects.peek();
  expects.value = undefined;
  const wanted = needed.peek();
  if (wanted !== undefined && role === undefined) return takeWanted(files, wanted);
  const [first, second] = files as [GivenFile, GivenFile?];
  if (second !== undefined) {
    const [data, labels] =
      isLabels(second.path) || (!isLabels(first.path) && second.bytes.length <= first.bytes.length)
        ? [first, second]
        : [second, first];
    return readTable({ data: data.path, labels: labels.path, sha256: [] }, files);
  }
  const data = question.peek().table?.data ?? lastData;
  if (data !== undefined && data !== first.path && (role === "labels" || isLabels(first.path)))
    return readTable({ data, labels: first.path, sha256: [] }, files);
  return readTable({ data: first.path, sha256: [] }, files);
}

/** The files of a link, under the names that it has for them. */
async function takeWanted(files: readonly GivenFile[], wanted: Table): Promise<boolean> {
  const names = filesOfTable(wanted);
  const waiting = absent.peek().map(({ name }) => name);
  const named = files.map(({ path, bytes }, k) => ({
    path: names.includes(path)
      ? path
      : (waiting.find((name) => isLabels(name) === isLabels(path)) ?? waiting[k] ?? path),
    bytes,
  }));
  const all = new Set([...kept.peek(), ...named.map(({ path }) => path)]);
  if (names.some((name) => !all.has(name))) {
    keep(named);
    return false;
  }
  return readTable(wanted, named);
}

function keep(files: readonly GivenFile[]): void {
  engine().keep(files);
  kept.value = new Set([...kept.peek(), ...files.map(({ path }) => path)]);
}

/** Has the engine read a table: it becomes the data of the question, or what the question waited for. */
async function readTable(table: Table, files: readonly GivenFile[]): Promise<boolean> {
  const asked = question.peek();
  const isWanted = needed.peek() === table;
  if (files.length > 0) keep(files);
  lastData = table.data;
  problem.value = undefined;
  try {
    const found = await engine().inquire({ of: "table", table }).answer;
    tables.value = new Map([...tables.peek(), [nameOfTable(found.table), found]]);
    arrived.value += 1;
    if (isWanted) {
      question.value = { ...question.peek(), table: found.table };
      // A run that was opened is there already.
      if (!isOfRun.peek()) void beginLink();
      return true;
    }
    preset.value = undefined;
    question.value =
      asked.table?.data === table.data && files.length === 0
        ? { ...question.peek(), table: found.table }
        : proposed(found);
    return true;
  } catch (error) {
    problem.value = { message: error instanceof Error ? error.message : String(error), table };
    return false;
  }
}

/** Examples that a training of a minute or less passes. */
const PASSED = 60_000;

/** A question to begin with. */
function proposed({ table, rows, columns, classes }: TableRead): Question {
  const hidden = columns.length <= 64 ? 8 : 16;
  const epochs = Math.max(20, Math.min(400, 20 * Math.round(PASSED / rows / 20)));
  const layers = [columns.length, hidden, hidden, classes.length];
  return {
    study: "train",
    options: { layers, activation: "tanh", epochs, every: epochs / 20, seeds: [0] },
    table,
  };
}

/** Reads the table of the question in another way. */
export function changeTable(part: { readonly [Key in "labels" | "missing" | "scale"]?: Table[Key] | undefined }): void {
  const table = problem.peek()?.table ?? question.peek().table;
  if (table === undefined) return;
  const given = Object.entries({ ...table, ...part }).filter(([, value]) => value !== undefined);
  void readTable({ ...Object.fromEntries(given), sha256: [] } as unknown as Table, []);
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
  const own = { study, options: { ...kept, data: name } };
  const found = await engine().inquire({ of: "options", question: own }).answer;
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
