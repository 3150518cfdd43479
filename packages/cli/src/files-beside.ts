/**
 * Files that a model file names: its weights. The name comes from the file, so it may lead anywhere: to a secret, a device, a pipe that
 * nobody writes to. What is read is a regular file that truly lies in the model's folder, opened without waiting.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { LIMITS } from "@causalscope/core/basics";
import { FormatError, StorageError, TooMuchError } from "@causalscope/core/errors";

/**
 * What gives the bytes of a file by its path relative to the folder of `model`; undefined where there is none. Symbolic links may lead to
 * files within the folder; where the model file is itself one, as in the snapshots of model hubs, also to the folder that it leads to.
 * A file of several hard links is some other file too, so it is refused, unless the model file has several, as where a package manager
 * links all files of a package.
 *
 * @param model The model file's path; undefined for standard input, whose folder is the present one.
 */
export function filesBeside(model: string | undefined): (path: string) => Uint8Array | undefined {
  const folder = model === undefined ? "." : dirname(model);
  return (path) => {
    const at = join(folder, path);
    return attempted(at, () => {
      const real = realpathSync(at);
      const roots = [realpathSync(folder), ...(model === undefined ? [] : [dirname(realpathSync(model))])];
      if (!roots.some((root) => real.startsWith(root.endsWith(sep) ? root : root + sep))) {
        refuse(at, "a link to outside of it");
      }
      const mayBeLinked = model !== undefined && statSync(model).nlink > 1;
      return regularFile(at, real, mayBeLinked);
    });
  };
}

function regularFile(at: string, real: string, mayBeLinked: boolean): Uint8Array {
  // Without waiting for a writer, should it be a pipe; and not through a link that was put there since.
  const fd = openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  try {
    const found = fstatSync(fd);
    const { size, nlink } = found;
    if (!found.isFile()) refuse(at, "something else");
    if (nlink > 1 && !mayBeLinked)
      refuse(at, `a file of ${nlink} hard links, which is another file too`, "Copy it there.");
    if (size > LIMITS.bytes) {
      const expected = `a file of weights of at most ${LIMITS.bytes.toLocaleString("en")} bytes`;
      throw new TooMuchError({ who: at, expected, got: size.toLocaleString("en") });
    }
    const bytes = readFileSync(fd);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    closeSync(fd);
  }
}

function refuse(at: string, got: string, remedy?: string): never {
  throw new FormatError({ who: at, expected: "weights in a regular file of the model's folder", got, remedy });
}

function attempted(at: string, read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === undefined) throw error;
    throw new StorageError(
      { who: at, expected: "a file that can be read", got: `the error ${code}`, remedy: "Check the path." },
      { cause: error },
    );
  }
}
