/**
 * The address of a view, in the hash: the question, what is looked at, and the fingerprint of the result that it had. Readable and short;
 * what is at its default is left out. Nothing in a hash can do more than ask a question that a person could ask.
 */
import type { Question, Table } from "../engine/protocol.ts";

/** What is looked at. */
export interface View {
  readonly epoch?: number;
  readonly axes?: "rotated" | "paper";
  /** The wire or layer that is pinned: "L2.0" (layer 2, seed 0), "L2:3-5" (the wire from unit 3 to unit 5 of layer 2). */
  readonly pin?: string;
  readonly wires?: string;
  readonly strip?: string;
}

export interface Address {
  readonly preset?: string;
  readonly question?: Question;
  readonly view: View;
  /** The first 16 hexadecimal digits of the result's fingerprint. */
  readonly fingerprint?: string;
  /** Version that made the link. */
  readonly version?: string;
  readonly embed: boolean;
  /** Parts of the page that an embedding page leaves out. */
  readonly hide: readonly string[];
}

/** What is wrong with a hash: sentences, each naming its key. */
export interface ReadAddress {
  readonly address: Address;
  readonly problems: readonly string[];
  /** Whether the question was read whole: without a part of it, it is another question, which nobody asked. */
  readonly isWhole: boolean;
}

/** How an option is written, and read again. */
interface Written {
  readonly key: string;
  readonly print: (value: unknown) => string;
  /** Undefined for text that is no such value. */
  readonly parse: (text: string) => unknown;
}

const number = {
  print: String,
  parse: (text: string) =>
    /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined,
};
const word = { print: String, parse: (text: string) => (/^[a-z][a-z0-9-]*$/i.test(text) ? text : undefined) };
const flag = {
  print: (value: unknown) => (value === true ? "1" : "0"),
  parse: (text: string) => (text === "1" ? true : text === "0" ? false : undefined),
};
const list = (separator: string) => ({
  print: (value: unknown) => (value as readonly number[]).join(separator),
  parse: (text: string) => {
    const parts = text.split(separator).map(number.parse);
    return parts.some((part) => part === undefined) ? undefined : parts;
  },
});
const seeds = {
  print: (value: unknown) => {
    const all = value as readonly number[];
    const inARow = all.every((seed, at) => at === 0 || seed === all[at - 1]! + 1);
    return all.length > 1 && inARow ? `${all[0]}-${all.at(-1)}` : all.join(",");
  },
  parse: (text: string) => {
    const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
    if (first === undefined) return /^\d{1,9}(?:,\d{1,9})*$/.test(text) ? text.split(",").map(Number) : undefined;
    const count = Number(last) - Number(first) + 1;
    return count >= 1 && count <= 1000 ? Array.from({ length: count }, (_, k) => Number(first) + k) : undefined;
  },
};
const bins = {
  print: (value: unknown) => {
    const { input, output } = value as { readonly input: number; readonly output: number };
    return typeof value === "number" ? `${value}` : input === output ? `${input}` : `${input},${output}`;
  },
  parse: (text: string) => {
    const [input, output = input, ...others] = (list(",").parse(text) as number[] | undefined) ?? [];
    return input === undefined || output === undefined || others.length > 0 ? undefined : { input, output };
  },
};
const range = {
  print: (value: unknown) => (value === null ? "none" : list(",").print(value)),
  parse: (text: string) => {
    if (text === "none") return null;
    const ends = list(",").parse(text) as number[] | undefined;
    return ends?.length === 2 ? ends : undefined;
  },
};
const schedule = {
  print: String,
  parse: (text: string) => (/^sqrt:?\d{1,6}$/.test(text) ? text.replace(/^sqrt:?/, "sqrt:") : list(",").parse(text)),
};

/** Options by name, in the order in which they are written. */
export const WRITTEN: Readonly<Record<string, Written>> = {
  data: { key: "data", ...word },
  layers: { key: "net", ...list("-") },
  activation: { key: "act", ...word },
  outputActivation: { key: "out", ...word },
  bias: { key: "bias", ...flag },
  initializer: { key: "init", ...word },
  optimizer: { key: "opt", ...word },
  learningRate: { key: "lr", ...number },
  batch: { key: "batch", ...number },
  loss: { key: "loss", ...word },
  reduction: { key: "red", ...word },
  l2: { key: "l2", ...number },
  dropout: { key: "drop", ...number },
  batchNorm: { key: "bn", ...flag },
  randomLabels: { key: "random", ...flag },
  epochs: { key: "epochs", ...number },
  every: { key: "every", ...number },
  at: { key: "at", ...schedule },
  seeds: { key: "seeds", ...seeds },
  bins: { key: "bins", ...bins },
  tolerance: { key: "tol", ...number },
  samples: { key: "samples", ...number },
  side: { key: "side", ...number },
  classes: { key: "classes", ...number },
  trainRows: { key: "rows", ...number },
  splitSeed: { key: "split", ...number },
  noise: { key: "noise", ...number },
  inputRange: { key: "in", ...range },
  valueRange: { key: "values", ...range },
};

/** What of a table of the user's own is in a link: its names and content, not the content itself. */
const TABLE_KEYS = { data: "table", labels: "labels", missing: "missing", scale: "scale" } as const;
/** Keys of the question. */
const ASKING = new Set([
  "preset",
  "study",
  "sha",
  ...Object.values(TABLE_KEYS),
  ...Object.values(WRITTEN).map(({ key }) => key),
]);

const VIEW_KEYS = { epoch: "e", axes: "ax", pin: "pin", wires: "edge", strip: "y" } as const;

/** Longest hash that is read. */
const LONGEST = 2000;

/** The hash of an address, with its "#". */
export function hashOf({ preset, question, view, fingerprint, version, embed, hide }: Address): string {
  const parts: string[] = [];
  const put = (key: string, text: string) =>
    parts.push(`${key}=${encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  if (preset !== undefined) put("preset", preset);
  else if (question !== undefined) {
    put("study", question.study);
    for (const [name, { key, print }] of Object.entries(WRITTEN)) {
      if (question.options[name] !== undefined) put(key, print(question.options[name]));
    }
    const { table } = question;
    for (const [name, key] of Object.entries(TABLE_KEYS)) {
      const value = table?.[name as keyof typeof TABLE_KEYS];
      if (value !== undefined) put(key, value);
    }
    if (table !== undefined && table.sha256.length > 0) put("sha", table.sha256.join(","));
  }
  for (const [name, key] of Object.entries(VIEW_KEYS)) {
    const value = view[name as keyof View];
    if (value !== undefined) put(key, String(value));
  }
  if (version !== undefined) put("v", version);
  if (fingerprint !== undefined) put("h", fingerprint);
  if (embed) put("embed", "1");
  if (hide.length > 0) put("hide", hide.join(","));
  return `#/learn${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}

/** What a hash says. What is unknown or wrong is left out, and told. Never throws. */
export function readHash(hash: string): ReadAddress {
  const problems: string[] = [];
  const nothing: ReadAddress = { address: { view: {}, embed: false, hide: [] }, problems, isWhole: false };
  let isWhole = true;
  if (hash.length > LONGEST) {
    problems.push(`The link is longer than ${LONGEST} characters, and was not read.`);
    return nothing;
  }
  const [path = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  if (!["", "/", "/learn"].includes(path)) problems.push(`There is no page ${JSON.stringify(path)}.`);
  const found = new Map<string, string>();
  for (const part of query === "" ? [] : query.split("&")) {
    const [key = "", text = ""] = part.split(/=(.*)/s);
    const value = decoded(text);
    if (value === undefined) {
      problems.push(`${key}: expected text of a link, got ${JSON.stringify(text)}.`);
      if (ASKING.has(key)) isWhole = false;
    } else if (found.has(key)) problems.push(`${key}: given twice; the first one counts.`);
    else found.set(key, value);
  }
  const take = (key: string): string | undefined => {
    const text = found.get(key);
    found.delete(key);
    return text;
  };
  const parsed: Parse = (key, expected, parse) => {
    const text = take(key);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) {
      problems.push(`${key}: expected ${expected}, got ${JSON.stringify(text)}.`);
      if (ASKING.has(key)) isWhole = false;
    }
    return value;
  };

  const preset = parsed("preset", "the name of a preset", word.parse);
  const studyName = parsed("study", "the name of a study", word.parse);
  const options: Record<string, unknown> = {};
  for (const [name, { key, parse }] of Object.entries(WRITTEN)) {
    const value = parsed(key, `a value of ${name}`, parse);
    if (value !== undefined) options[name] = value;
  }
  const table = tableOf(parsed, problems);
  const axes = parsed("ax", "rotated or paper", (text) =>
    text === "rotated" || text === "paper" ? (text as "rotated" | "paper") : undefined,
  );
  const epoch = parsed("e", "an epoch", (text) => (/^\d{1,10}$/.test(text) ? Number(text) : undefined));
  const pin = parsed("pin", "L2.0 or L2:3-5", (text) =>
    /^L\d{1,4}(?:\.\d{1,9}|:\d{1,5}-\d{1,5})$/.test(text) ? text : undefined,
  );
  const wires = parsed("edge", "what wires show", word.parse);
  const strip = parsed("y", "what the strip shows", word.parse);
  const version = parsed("v", "a version", (text) => (/^\d+\.\d+\.\d+[\w.-]*$/.test(text) ? text : undefined));
  const fingerprint = parsed("h", "16 hexadecimal digits", (text) => (/^[0-9a-f]{16}$/.test(text) ? text : undefined));
  const embed = parsed("embed", "1", flag.parse) ?? false;
  const hide =
    parsed("hide", "names", (text) => (/^[a-z]+(?:,[a-z]+)*$/.test(text) ? text.split(",") : undefined)) ?? [];
  for (const key of found.keys()) problems.push(`${JSON.stringify(key)} is unknown, and was left out.`);

  const view: View = {
    ...(epoch !== undefined && { epoch }),
    ...(axes !== undefined && { axes }),
    ...(pin !== undefined && { pin }),
    ...(wires !== undefined && { wires }),
    ...(strip !== undefined && { strip }),
  };
  const isAsked = studyName !== undefined || table !== undefined || Object.keys(options).length > 0;
  const address: Address = {
    ...(preset !== undefined && { preset }),
    ...(isAsked &&
      preset === undefined && { question: { study: studyName ?? "train", options, ...(table && { table }) } }),
    view,
    ...(version !== undefined && { version }),
    ...(fingerprint !== undefined && { fingerprint }),
    embed,
    hide,
  };
  if (preset !== undefined && isAsked) problems.push("preset: given with a question; the preset counts.");
  return { address, problems, isWhole };
}

type Parse = <T>(key: string, expected: string, parse: (text: string) => T | undefined) => T | undefined;

function tableOf(parsed: Parse, problems: string[]): Table | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names with them would be shown as something else.
  const name = (text: string) => (/^[^\x00-\x1f\x7f]{1,255}$/.test(text) ? text : undefined);
  const data = parsed("table", "the name of a file", name);
  const labels = parsed("labels", "the name of a file", name);
  const missing = parsed("missing", "drop-rows", (text) => (text === "drop-rows" ? ("drop-rows" as const) : undefined));
  const scale = parsed("scale", "none, minmax or zscore", (text) =>
    (["none", "minmax", "zscore"] as const).find((known) => known === text),
  );
  const sha256 = parsed("sha", "SHA-256 of one or two files, 64 hexadecimal digits each", (text) =>
    /^[0-9a-f]{64}(?:,[0-9a-f]{64})?$/.test(text) ? text.split(",") : undefined,
  );
  if (data !== undefined) {
    const how = { ...(labels && { labels }), ...(missing && { missing }), ...(scale && { scale }) };
    return { data, ...how, sha256: sha256 ?? [] };
  }
  if ((labels ?? missing ?? scale ?? sha256) !== undefined)
    problems.push("table: expected the name of the file that labels, missing, scale and sha belong to, got none.");
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
