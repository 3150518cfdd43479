/** The door to tables of the user's own. Their readers are loaded when there is one: most runs have none. */
import type { OwnData, OwnDataOptions } from "./own-table.ts";
import type { Storage } from "./storage.ts";

/**
 * A table of your own as the data of a study that takes files, such as `train`: CSV, .npy, .npz or IDX, the labels in its last column or in another
 * file. `causalscope study train --data FILE` learns from the same.
 *
 * @param path of the table within `files`; `FILE.npz:ARRAY` is an array of an archive.
 * @param files where it is: the disk, or a `memoryStorage()`.
 * @example
 * ```ts
 * const rows = ["0.1,0.9,in", "0.8,0.2,out", "0.3,0.7,in", "0.9,0.1,out"];
 * const bytes = new TextEncoder().encode(`x,y,kind\n${rows.join("\n")}\n`);
 * const own = await ownData("mine.csv", memoryStorage([["mine.csv", bytes]]));
 * console.log(own.rows, own.columns, own.classes); // 4 [ 'x', 'y' ] [ 'in', 'out' ]
 * const learner = await study("train");
 * const options = studyOptions(learner, { ...own.options(), layers: [2, 4, 2] });
 * console.log(own.read(learner.data!(options)!).train.rows); // 3
 * ```
 * @throws StorageError for no such file; FormatError for bytes that are no table; InvalidInputError for a table without labels of classes.
 */
export async function ownData(
  path: string,
  files: Pick<Storage, "read">,
  options: OwnDataOptions = {},
): Promise<OwnData> {
  const { ownTable } = await import("./own-table.ts");
  return ownTable(path, files, options);
}
