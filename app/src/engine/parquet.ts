/**
 * Stands in the page for the writer of Parquet, which weighs as much as all kernels and is not needed before a run has something to write:
 * `loadParquet()` gets it. The packages write tables without a wait, as files of a disk are written.
 */
import type { parquetWriteBuffer as Write } from "hyparquet-writer/src/write.js";

let write: typeof Write | undefined;

/** Gets the writer; to be waited for before a run is opened or writes its tables. */
export async function loadParquet(): Promise<void> {
  write ??= (await import("hyparquet-writer/src/write.js")).parquetWriteBuffer;
}

/** As hyparquet-writer's. */
export const parquetWriteBuffer: typeof Write = (options) => {
  if (write === undefined) throw new Error("The writer of Parquet is not loaded.");
  return write(options);
};
