/** Tables of the user's own: the bytes that the page handed over, kept in memory, and read when a question needs them. */
import { sha256 } from "@causalscope/core/basics";
import { InvalidInputError, StorageError } from "@causalscope/core/errors";
import type { Range } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import { type DataPlan, type OwnData, ownData } from "@causalscope/runs";
import { MAX_WIDTH } from "@causalscope/runs/options";
import type { GivenFile, Question, Table } from "./protocol.ts";

/** As numbers they take more memory than their files. */
const MOST_TABLES = 4;

export class Tables {
  readonly #files = new Map<string, { readonly bytes: Uint8Array; readonly sha256: string }>();
  /** What has been read, in every way that it was asked for: every change of a question asks for it again. */
  readonly #tables = new Map<string, Promise<OwnData>>();

  keep(files: readonly GivenFile[]): void {
    for (const { path, bytes } of files) this.#files.set(path, { bytes, sha256: sha256(bytes) });
    this.#tables.clear();
  }

  /** @throws what its reader throws; InvalidInputError for other files than those that the table is of. */
  async of({ data, labels, missing, scale, sha256: known }: Table): Promise<OwnData> {
    const own = await this.#read(data, { labels, missing, scale });
    for (const [k, { file, sha256 }] of own.options().provenance!.files.entries()) {
      const wanted = known[k];
      if (wanted === undefined || wanted === sha256) continue;
      throw new InvalidInputError({
        who: file,
        expected: `the file of SHA-256 ${wanted}`,
        got: `another one, of SHA-256 ${sha256}`,
        remedy: "Drop the right one, or choose your own data.",
      });
    }
    if (own.columns.length > MAX_WIDTH) {
      const got = `${own.columns.length}`;
      throw new InvalidInputError({ who: data, expected: `at most ${MAX_WIDTH} columns of inputs`, got });
    }
    return own;
  }

  /** The options that follow from a table, and those that are asked. */
  async options(options: Question["options"], table: Table): Promise<Readonly<Record<string, unknown>>> {
    const own = await this.of(table);
    return { ...own.options(options.inputRange as Range | undefined), ...options };
  }

  /** The examples of a run, found by the content of its files, whatever they are called here. */
  async read(plan: DataPlan): Promise<TrainingData> {
    const [data, labels] = (plan.provenance?.files ?? []).map((file) => this.#named(file));
    if (data === undefined) {
      throw new InvalidInputError({ who: `data ${plan.data}`, expected: "data that come with the page", got: "files" });
    }
    // A run of a table with gaps was made without these rows; of a table without gaps, it is the same.
    return (await this.#read(data, { labels, missing: "drop-rows" })).read(plan);
  }

  #named({ file, sha256: wanted }: { readonly file: string; readonly sha256: string }): string {
    for (const [name, { sha256 }] of this.#files) {
      if (sha256 !== wanted) continue;
      // What a run calls an array of an archive is FILE:ARRAY.
      const array = /\.npz:([^:]+)$/i.exec(file)?.[1];
      return array === undefined ? name : `${name}:${array}`;
    }
    throw new StorageError({
      who: file,
      expected: `the data of this run, of SHA-256 ${wanted}`,
      got: "none",
      remedy: "Drop the file on the page.",
    });
  }

  #read(data: string, options: Parameters<typeof ownData>[2]): Promise<OwnData> {
    const key = JSON.stringify([data, options]);
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    if (this.#tables.size >= MOST_TABLES) this.#tables.clear();
    const own = ownData(data, { read: (path) => this.#files.get(path)?.bytes }, options);
    this.#tables.set(key, own);
    return own;
  }
}
