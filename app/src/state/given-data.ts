/** Files of the user's own as data of the question: the engine keeps their bytes, and reads them. */
import { failureOf } from "../engine/failure.ts";
import type { GivenFile, Question, Table, TableRead } from "../engine/protocol.ts";
import { absent, arrived, expects, filesOfTable, kept, problem } from "./data.ts";
import { beginLink, engine, isOfRun, nameOfTable, needed, preset, question, tables } from "./session.ts";

/** The last file of inputs, which labels that come later belong to, even if it could not be read without them. */
let lastData: string | undefined;

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Names that labels go by: y.npy, labels.csv, train-labels-idx1-ubyte. */
const isLabels = (name: string) => /^y(?:[_.-]|$)|(?:^|[^a-z])(?:labels?|targets?)(?:[^a-z]|$)/i.test(name);

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
    problem.value = { message: failureOf(error).message, table };
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
