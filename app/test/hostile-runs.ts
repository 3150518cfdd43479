/** Runs that no one should have to trust: damaged, forged, too large, or of another program. */
import { strToU8, zipSync } from "fflate";
import {
  fingerprint,
  type MeasurementRow,
  memoryStorage,
  performStudy,
  type TrainingRow,
} from "../../packages/runs/src/index.ts";
import { journalLine, questionHash } from "../../packages/runs/src/journal.ts";
import { readRunFile } from "../../packages/runs/src/run-file.ts";
import { study } from "../../packages/studies/src/index.ts";
import { once } from "../../test/once.ts";

export type Files = ReadonlyMap<string, Uint8Array>;
type Content = string | Uint8Array | undefined;

/** Files with others in the place of some; undefined takes one away. */
export function changed(files: Files, others: Readonly<Record<string, Content>>): Files {
  const all = new Map(files);
  for (const [path, content] of Object.entries(others)) {
    if (content === undefined) all.delete(path);
    else all.set(path, typeof content === "string" ? strToU8(content) : content);
  }
  return all;
}

const textOf = (files: Files, path: string) => new TextDecoder().decode(files.get(path));

/** Files with a run.json that says something else. */
export function asked(files: Files, change: (file: Record<string, unknown>) => void): Files {
  const file = JSON.parse(textOf(files, "run.json"));
  change(file);
  return changed(files, { "run.json": JSON.stringify(file) });
}

/** Files whose journal was written anew, every hash as it should be. */
export function forged(
  files: Files,
  change: (row: { measurements: MeasurementRow[]; training: TrainingRow[] }, line: number) => void,
): Files {
  const file = readRunFile(textOf(files, "run.json"), "run.json");
  let hash = questionHash(file);
  const lines = textOf(files, "journal.jsonl")
    .trimEnd()
    .split("\n")
    .map((text, line) => {
      const { part, step, rows, blobs } = JSON.parse(text);
      change(rows, line);
      const written = journalLine({ finished: { part, step, rows }, blobs }, hash);
      hash = written.hash;
      return written.text;
    });
  return changed(files, { "journal.jsonl": lines.join("") });
}

export const zipped = (files: Files): Uint8Array => zipSync(Object.fromEntries(files), { level: 1 });

export const OPTIONS = { data: "xor", layers: [2, 3, 2], epochs: 4, every: 2, seeds: [0], tolerance: 1, samples: 1000 };

/** A small run, finished, and its fingerprint. */
export const sound = once(async () => {
  const storage = memoryStorage();
  const run = await performStudy(await study("train"), "run", { options: OPTIONS, storage });
  return { files: storage.files("run") as Files, fingerprint: fingerprint(run) };
});

/** What comes of opening: an error in four parts, or a run. */
export interface Case {
  readonly files: Files;
  /** What the error says; none for a run that is shown. */
  readonly error?: RegExp;
  /** How the run that is shown ends. */
  readonly end?: "done" | "stopped";
}

/** A zip whose entries say that they are of another size than they are. */
function lyingZip(declared: number, count = 1, actual = 1000): Uint8Array {
  const zip = zipSync(
    Object.fromEntries(Array.from({ length: count }, (_, k) => [`${k}/run.json`, new Uint8Array(actual)])),
  );
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  for (let at = 0; at + 46 <= zip.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, declared, true);
  return zip;
}

export const cases = once(async (): Promise<Readonly<Record<string, Case>>> => {
  const { files } = await sound();
  const zip = zipped(files);
  const alone = (path: string, bytes: Content) => changed(new Map(), { [path]: bytes });
  const said = (more: Record<string, unknown>) => asked(files, (file) => Object.assign(file, more));
  const question = (more: Record<string, unknown>) =>
    asked(files, (file) => Object.assign(file.question as object, more));
  const checkpoint = "checkpoints/seed-0/epoch-000002.safetensors";
  const bytes = files.get(checkpoint)!;
  const lines = textOf(files, "journal.jsonl").trimEnd().split("\n");
  const other = memoryStorage();
  await performStudy(await study("edge"), "run", { options: { weightStep: 5 }, storage: other });
  const unfinished = (count: number) =>
    changed(
      asked(files, (file) => {
        file.status = "unfinished";
      }),
      {
        "journal.jsonl": lines
          .slice(0, count)
          .map((line) => `${line}\n`)
          .join(""),
      },
    );
  const newer = (change: (file: Record<string, unknown>) => void = () => {}) =>
    forged(
      asked(files, (file) => {
        file.causalscope = "9.9.9";
        file.novelty = { of: "a later version" };
        change(file);
      }),
      ({ measurements, training }) => {
        for (const row of [...measurements, ...training]) Object.assign(row, { novelty: 1 });
      },
    );
  return {
    "a zip that is truncated": {
      files: alone("a.zip", zip.subarray(0, zip.length >> 1)),
      error: /truncated or damaged/,
    },
    "a zip without a byte": { files: alone("a.zip", new Uint8Array()), error: /truncated or damaged/ },
    "a zip that is text": { files: alone("a.zip", "x".repeat(5000)), error: /truncated or damaged/ },
    "a zip with damaged data": {
      files: alone(
        "a.zip",
        Uint8Array.from(zip, (byte, at) => (at > 200 && at < 5000 ? byte ^ 0x55 : byte)),
      ),
      error: /expected/,
    },
    "a zip that says it is larger than memory": { files: alone("a.zip", lyingZip(0xfffffff0)), error: /512 MiB/ },
    "a zip that says it is smaller than it is": { files: alone("a.zip", lyingZip(10, 1, 2e7)), error: /expected/ },
    "a zip bomb": { files: alone("a.zip", lyingZip(2 ** 28, 3)), error: /512 MiB/ },
    "a zip with paths that lead out": {
      files: alone("a.zip", zipped(new Map([...files].map(([path, content]) => [`../../${path}`, content])))),
      end: "done",
    },
    "a zip with a path out beside the run": {
      files: alone("a.zip", zipped(changed(files, { "checkpoints/../../x": "x" }))),
      error: /within the storage/,
    },
    "a zip with absolute paths": {
      files: alone("a.zip", zipped(new Map([...files].map(([path, content]) => [`/etc/${path}`, content])))),
      end: "done",
    },
    "a zip with thousands of other files": {
      files: alone(
        "a.zip",
        zipped(changed(files, Object.fromEntries(Array.from({ length: 5000 }, (_, k) => [`more/${k}.txt`, "x"])))),
      ),
      end: "done",
    },
    "a zip with names of the prototype": {
      files: alone("a.zip", zipped(changed(files, { constructor: "x", "__proto__/run.jso": "x" }))),
      end: "done",
    },
    "a zip in a zip": { files: alone("a.zip", zipped(alone("b.zip", zip))), error: /with a run\.json/ },
    "no run": { files: alone("cat.jpg", "x"), error: /with a run\.json; got others: cat\.jpg/ },
    "run.json without a byte": { files: changed(files, { "run.json": "" }), error: /another kind of file/ },
    "run.json that is null": { files: changed(files, { "run.json": "null" }), error: /another kind of file/ },
    "run.json that is a list": { files: changed(files, { "run.json": "[[[[]]]]" }), error: /another kind of file/ },
    "run.json that is no UTF-8": {
      files: changed(files, { "run.json": Uint8Array.of(0xff, 0xfe, 0x80) }),
      error: /UTF-8/,
    },
    "run.json that is deep": {
      files: changed(files, { "run.json": `${"[".repeat(200_000)}${"]".repeat(200_000)}` }),
      error: /expected/,
    },
    "run.json of a later format": { files: said({ version: 4 }), error: /version 1 to 3/ },
    "a study that is a number": { files: said({ study: 7 }), error: /expected/ },
    "a study that is none": { files: said({ study: "__proto__" }), error: /studies/ },
    "a study of the prototype": { files: said({ study: "constructor" }), error: /studies/ },
    "a study of 100 MB": {
      files: said({ study: "x".repeat(1e8) }),
      error: /expected/,
    },
    "a question that is a list": { files: said({ question: [] }), error: /expected/ },
    "a billion seeds": { files: question({ seeds: 1e9 }), error: /seed/ },
    "seeds of the wrong kind": { files: question({ seeds: ["0", {}] }), error: /seed/ },
    "a hundred thousand seeds": {
      files: question({ seeds: Array.from({ length: 100_000 }, (_, k) => k) }),
      error: /this page: expected at most 50,000/,
    },
    "huge layers": { files: question({ layers: [1e9, 1e9] }), error: /widths/ },
    "large layers": { files: question({ layers: [2, 4096, 4096, 4096, 2] }), error: /2,000,000 weights/ },
    "a billion checkpoints": { files: question({ epochs: 1e9, every: 1 }), error: /50,000/ },
    "a rate that is no number": { files: question({ learningRate: "NaN" }), error: /learningRate/ },
    "an option of the prototype": {
      files: changed(files, {
        "run.json": textOf(files, "run.json").replace(
          '"question": {',
          '"question": {"__proto__": {"x": 1}, "constructor": 1,',
        ),
      }),
      error: /expected one of the options/,
    },
    "a journal cut in its last line": {
      files: changed(files, { "journal.jsonl": textOf(files, "journal.jsonl").slice(0, -20) }),
      end: "stopped",
    },
    "a journal that is gone": { files: changed(files, { "journal.jsonl": undefined }), end: "stopped" },
    "a journal with a line changed": {
      files: changed(files, { "journal.jsonl": textOf(files, "journal.jsonl").replace(/"bits":\d/, '"bits":9') }),
      error: /another hash/,
    },
    "a journal with lines in another order": {
      files: changed(files, { "journal.jsonl": `${[lines[1], lines[0], lines[2]].join("\n")}\n` }),
      error: /journal\.jsonl, line 1/,
    },
    "a journal with a line twice": {
      files: changed(files, { "journal.jsonl": `${[...lines, lines[2]].join("\n")}\n` }),
      error: /line 4/,
    },
    "a forged journal of a layer that is none": {
      files: forged(files, ({ measurements }) => void Object.assign(measurements[0]!, { layer: 99 })),
      error: /layers 0 to 1; got 99/,
    },
    "a forged journal of a seed that is none": {
      files: forged(files, ({ measurements, training }) => {
        for (const row of [...measurements, ...training]) Object.assign(row, { seed: 7 });
      }),
      error: /seeds 0; got 7/,
    },
    "a forged journal with values beyond all bounds": {
      files: forged(files, ({ measurements }, line) => {
        for (const row of measurements) Object.assign(row, { bits: line === 1 ? -1e308 : 1e308, standardError: 1e308 });
      }),
      error: /values up to 1000000000 bits; got 1e\+308/,
    },
    "a forged journal with values that are large": {
      files: forged(files, ({ measurements, training }, line) => {
        for (const row of measurements) Object.assign(row, { bits: line === 1 ? -1e9 : 1e9, standardError: 1e9 });
        for (const row of training) Object.assign(row, { trainLoss: 1e300, testLoss: -1e300 });
      }),
      end: "done",
    },
    "a forged journal with text as a value": {
      files: forged(files, ({ measurements }) => void Object.assign(measurements[0]!, { bits: "much" })),
      error: /bits/,
    },
    "a forged journal with markup for words": {
      files: forged(files, ({ measurements }) => {
        for (const row of measurements)
          Object.assign(row, { warnings: "<img src=x onerror=alert(1)>", layerName: "<b>x</b>" });
      }),
      end: "done",
    },
    "a checkpoint that is missing": { files: changed(files, { [checkpoint]: undefined }), error: /got none/ },
    "a checkpoint that is truncated": {
      files: changed(files, { [checkpoint]: bytes.subarray(0, bytes.length - 8) }),
      error: /other bytes/,
    },
    "a checkpoint of another epoch": {
      files: changed(files, { [checkpoint]: files.get("checkpoints/seed-0/epoch-000004.safetensors") }),
      error: /epoch 4/,
    },
    "a run of a study that is no training": {
      files: other.files("run"),
      error: /follows networks .* got the study edge/s,
    },
    "an unfinished run": { files: unfinished(2), end: "stopped" },
    "an unfinished run without a result": { files: unfinished(0), end: "stopped" },
    "a run of a later version, with columns and options that are new": {
      files: newer((file) => Object.assign(file.question as object, { novelty: 3 })),
      end: "done",
    },
    "a run of a later version, unfinished": {
      files: newer((file) => {
        file.status = "unfinished";
        (file.question as { epochs: number }).epochs = 6;
      }),
      end: "stopped",
    },
    "a run of a later version, with checkpoints of other shapes": {
      files: changed(
        newer((file) => Object.assign(file.question as object, { novelty: 3 })),
        { [checkpoint]: "not a checkpoint" },
      ),
      end: "done",
    },
  };
});
