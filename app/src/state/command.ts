/** A question in other words: as the command asks it, as a program does, and as a paper tells of it. */
import type { MeasurementRow } from "@causalscope/runs";
import type { Question, RunHead } from "../engine/protocol.ts";
import { WRITTEN } from "./address.ts";

/** "causalscope study iris --epochs 500". */
export function commandOf({ study, options, table }: Question): string {
  const flags = Object.entries(options).map(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return flag;
    if (value === false) return flag.replace(/^--/, "--no-");
    return `${flag} ${name === "seeds" ? (value as readonly number[]).join(",") + (Array.isArray(value) && value.length === 1 ? "," : "") : (WRITTEN[name]?.print(value) ?? String(value))}`;
  });
  const { data, labels, missing, scale } = table ?? {};
  const own = Object.entries({ "--data": data, "--labels": labels, "--missing": missing, "--scale": scale });
  const words = own.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${shellWord(value)}`]));
  return ["causalscope study", study, ...words, ...flags].join(" ");
}

/** As a shell takes it: names of files may hold anything. */
function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A program that makes the same run into a folder. */
export function codeOf({ study, options, table }: Question): string {
  const asked = JSON.stringify(options);
  if (table === undefined) {
    return `import { performStudy } from "@causalscope/runs";
import { study } from "@causalscope/studies";

const { rows } = await performStudy(await study("${study}"), "runs/${study}", {
  options: ${asked},
});
console.log(rows.measurements.length);
`;
  }
  const { data, labels, missing, scale } = table;
  const range = options.inputRange === undefined ? "" : JSON.stringify(options.inputRange);
  return `import { disk, ownData, performStudy } from "@causalscope/runs";
import { study } from "@causalscope/studies";

const own = await ownData(${JSON.stringify(data)}, disk, ${JSON.stringify({ labels, missing, scale })});
const { rows } = await performStudy(await study("${study}"), "runs/${study}", {
  options: { ...own.options(${range}), ...${asked} },
  data: async (plan) => own.read(plan),
});
console.log(rows.measurements.length);
`;
}

/** What a section on methods says of a run, each number in it. */
export function methodOf(
  { study, question, version, settings, seeds, epochs, layers }: RunHead,
  measured: readonly MeasurementRow[],
  fingerprint: string | undefined,
): string {
  const sampled = measured.filter(({ standardError }) => standardError > 0);
  const most = (values: readonly number[]) => values.reduce((best, each) => Math.max(best, each), 0);
  const error =
    sampled.length === 0
      ? "All values are exact."
      : `Standard errors of measuring are at most ${most(sampled.map((row) => row.standardError)).toPrecision(2)} bit, of up to N = ${most(sampled.map(({ samples }) => samples)).toLocaleString("en")} samples a value; other values are exact.`;
  const asked = settings.map(([label, value]) => `${label} ${value}`).join("; ");
  return [
    `Effective information, sensitivity, degeneracy and integration (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory", 2020) of ${layers.length} layers were measured in bits, each layer's inputs in noise of maximum entropy, at ${epochs.length} checkpoints of ${seeds.length === 1 ? "one network" : `${seeds.length} networks from different first weights`} (study "${study}" of Causalscope ${version}).`,
    `Settings: ${asked}.`,
    error,
    ...(fingerprint === undefined ? [] : [`Fingerprint of the result: ${fingerprint.slice(0, 16)}.`]),
    `The same run: ${commandOf(question)}`,
  ].join(" ");
}
