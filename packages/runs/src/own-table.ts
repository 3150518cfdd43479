/** A table of the user's own as the data of a study: what it says of the question, and the examples. */
import { type LabelledTable, labelledTable } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import type { Scale } from "@causalscope/core/information";
import type { Missing } from "@causalscope/core/internal";
import type { Range } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import { DATA_NAMES, type DataPlan, planned } from "./data-plan.ts";
import type { Provenance } from "./own-data.ts";
import { columnsOutside, rangeAbout0, scaledInputs } from "./scaled-inputs.ts";
import { type Files, hasLabels, tableAt } from "./table-at.ts";

/** How a table of the user's own is read: what `--labels`, `--missing` and `--scale` say. */
export interface OwnDataOptions {
  /** The file of the labels. Default: the table's last column, or the labels of an .npz archive. */
  readonly labels?: string | undefined;
  /** Rows that lack a value: refused (the default), or dropped. */
  readonly missing?: Missing | undefined;
  /** What is made of the inputs. Default: "minmax" where some leave the input range, else "none". */
  readonly scale?: Scale | undefined;
}

/** A table of the user's own: what a study learns from. */
export interface OwnData {
  /** Examples, those that test included. */
  readonly rows: number;
  /** Names of the inputs. */
  readonly columns: readonly string[];
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** The options of a study that follow from the table, for an input range that is asked for. */
  readonly options: (inputRange?: Range) => Pick<
    DataPlan,
    "data" | "source" | "features" | "classes" | "trainRows" | "provenance"
  > & {
    readonly inputRange?: Range;
  };
  /** The examples of a question. @throws InvalidInputError for a question that was of another file. */
  readonly read: (plan: DataPlan) => TrainingData;
}

/** Share of a table's rows that is learned from. */
const TRAIN_SHARE = 2 / 3;

/** Inputs that a network of a study is made for, unless another range is asked for. */
const ASSUMED: Range = [0, 1];

/** What `ownData()` gives, at once. */
export function ownTable(path: string, files: Files, { labels, missing, scale }: OwnDataOptions): OwnData {
  const known = DATA_NAMES.filter((name) => name !== "file").join(", ");
  const values = tableAt(path, "inputs", files, `Check the path, or choose one of ${known}.`);
  const at = labels ?? (hasLabels(path, files) ? path : undefined);
  const own = at === undefined ? undefined : tableAt(at, "labels", files);
  const data = labelledTable(values.table, own?.table, path, { labels: at, missing });
  const from = [values, ...(own === undefined ? [] : [own])].map(({ provenance: { file, array, sha256 } }) => ({
    file: array === undefined ? file : `${file}:${array}`,
    sha256,
  }));
  const { columns, classes, notes, rows, features } = data;
  const provenance: Provenance = { files: from, columns, classes, scale: "none", notes };
  return {
    rows,
    columns,
    classes,
    options: (inputRange) => {
      const scaled = ownScale(data, provenance, scale, inputRange);
      return {
        ...{ data: "file", source: "files", features, classes: data.outputs },
        trainRows: Math.max(1, Math.round(rows * TRAIN_SHARE)),
        provenance: scaled.provenance,
        ...(scaled.range && { inputRange: scaled.range }),
      };
    },
    read: (plan) => {
      requireSameFiles(plan.provenance, provenance);
      const { inputRange = ASSUMED } = plan as DataPlan & { readonly inputRange?: Range };
      return planned(scaledInputs(data, plan.provenance?.scale ?? "none", inputRange), plan);
    },
  };
}

/** How a table's inputs come into the input range: as asked for, or by least and greatest value where they leave it. */
function ownScale(
  data: LabelledTable,
  provenance: Provenance,
  asked: Scale | undefined,
  inputRange: Range | undefined,
): { readonly provenance: Provenance; readonly range?: Range } {
  const range = inputRange ?? ASSUMED;
  const outside = columnsOutside(data, range).map((column) => data.columns[column]);
  const scale: Scale = asked ?? (outside.length > 0 ? "minmax" : "none");
  const names = outside.length > 8 ? `${outside.slice(0, 8).join(", ")} … (${outside.length})` : outside.join(", ");
  const leaves = `inputs leave the input range of ${range[0]} to ${range[1]}: ${names}`;
  const notes = [...provenance.notes];
  if (scale === "zscore" && inputRange === undefined) {
    const own = rangeAbout0(scaledInputs(data, scale, range));
    notes.push(`the input range is that of the scaled inputs, ${own[0]} to ${own[1]}`);
    return { provenance: { ...provenance, scale, notes }, range: own };
  }
  if (outside.length > 0 && asked === undefined)
    notes.push(`${leaves}; each was scaled by its least and greatest value (--scale)`);
  if (outside.length > 0 && asked === "none") notes.push(`${leaves}; measures look at that range alone`);
  return { provenance: { ...provenance, scale, notes } };
}

/** @throws InvalidInputError where a run that is continued was begun with other bytes. */
function requireSameFiles(kept: Provenance | undefined, now: Provenance): void {
  for (const [k, { file, sha256 }] of (kept?.files ?? []).entries()) {
    const found = now.files[k];
    if (found?.sha256 === sha256) continue;
    throw new InvalidInputError({
      who: found?.file ?? file,
      expected: `the file that the run was started with, ${file} of SHA-256 ${sha256}`,
      got: found === undefined ? "none" : `another one of SHA-256 ${found.sha256}`,
      remedy: "Provide the same files, or use --force to start again.",
    });
  }
}
