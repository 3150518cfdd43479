/**
 * A lock file with a lease: one process at a time writes a folder, on one machine or on several that share a disk.
 *
 * Who wants the lock first announces itself in a file with a name that nobody else ever has (a *claim*), then looks who else did. Of two
 * that come at the same time, the second to announce itself sees the first, so at most one goes on; it alone may then rename its claim to
 * be the lock, in place of a stale one. A lock that is replaced is therefore never one that another process has just made, and a lock
 * is never half written.
 *
 * A lock is stale where its process has ended on this machine, or has not renewed it for the length of the lease: it was on another
 * machine, or its number is another process's by now. A process that was only asleep for so long finds its lock taken at its next
 * `check()` and stops. (Of the libraries, proper-lockfile removes stale locks by name, which is the race that claims rule out.)
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import { RunConflictError } from "@causalscope/core/errors";
import { isLockFile, TEMPORARY } from "./file-names.ts";
import { codeOf, type FileSystem, flushFolder, unlessAbsent, writeFlushed } from "./file-system.ts";

/** A lock on a folder. Calling it gives the folder back. */
export interface Lock {
  (): void;
  /** Renews the lease. @throws RunConflictError where the lock is gone, with its folder perhaps, or is another process's. */
  check(): void;
}

/** Milliseconds without renewal after which a lock may be taken over. */
export const LEASE = 600_000;
const RENEWAL = LEASE / 20;
const ATTEMPTS = 4;

/** Tokens of the locks and claims of this process. */
const held = new Set<string>();

/** @throws RunConflictError while another process that lives holds the lock; what `fs` throws. */
export function lockFile(path: string, fs: FileSystem): Lock {
  const token = randomUUID();
  const content = `${process.pid} ${hostname()} ${token}\n`;
  held.add(token);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        withClaim(path, token, content, fs);
        break;
      } catch (error) {
        if (!(error instanceof Contended) || attempt === ATTEMPTS) throw error;
        // Both may have stepped back: a different wait for each lets one go first.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + ((attempt * process.pid) % 29));
      }
    }
  } catch (error) {
    held.delete(token);
    throw error;
  }
  return lockOf(path, token, content, fs);
}

/** Another process was about to take the lock as well. */
class Contended extends RunConflictError {}

function withClaim(path: string, token: string, content: string, fs: FileSystem): void {
  const claim = claimOf(path, token);
  try {
    writeFlushed(claim, "wx", content, fs);
    requireAlone(path, claim, fs);
    const before = read(path, fs);
    if (before !== undefined) requireStale(before, path, fs);
    fs.renameSync(claim, path);
  } catch (error) {
    try {
      fs.unlinkSync(claim);
    } catch {
      // Of this process, whose end makes it stale.
    }
    // Asleep for longer than the lease, this process may have lost its claim in the meantime.
    throw codeOf(error) === "ENOENT" ? heldBy("another process that came first", path) : error;
  }
  flushFolder(dirname(path), fs);
}

/** Says who claims: its content may not be there yet, or no more after a power cut. */
function claimOf(path: string, token: string): string {
  return `${path}.${token}.${process.pid}.${encodeURIComponent(hostname())}${TEMPORARY}`;
}

const CLAIM = /^\.([0-9a-f-]{36})\.(\d+)\.(.+)$/;

function requireAlone(path: string, own: string, fs: FileSystem): void {
  const [folder, lock] = [dirname(path), basename(path)];
  for (const name of fs.readdirSync(folder)) {
    const other = `${folder}/${name}`;
    if (name === lock || !isLockFile(name, lock) || basename(own) === name) continue;
    const [, token, pid, host] = CLAIM.exec(name.slice(lock.length, -TEMPORARY.length)) ?? [];
    try {
      if (host !== undefined) requireStale(`${pid} ${decodeURIComponent(host)} ${token}\n`, other, fs);
    } catch (error) {
      throw error instanceof RunConflictError ? new Contended(error.message) : error;
    }
    unlessAbsent(() => fs.unlinkSync(other));
  }
}

function lockOf(path: string, token: string, content: string, fs: FileSystem): Lock {
  const renew = () => {
    const now = new Date();
    fs.utimesSync(path, now, now);
  };
  const timer = setInterval(() => {
    try {
      if (read(path, fs) === content) renew();
    } catch {
      // The next check says so.
    }
  }, RENEWAL);
  timer.unref();
  const release = () => {
    clearInterval(timer);
    if (!held.delete(token)) return;
    try {
      if (read(path, fs) !== content) return;
      fs.unlinkSync(path);
      flushFolder(dirname(path), fs);
    } catch {
      // A lock that stays is found to be stale by the next run.
    }
  };
  return Object.assign(release, {
    check() {
      const now = read(path, fs);
      if (now === undefined) throw goneAway(path);
      if (now !== content) throw heldBy("another process, which took it over", path);
      try {
        renew();
      } catch (error) {
        throw codeOf(error) === "ENOENT" ? goneAway(path) : error;
      }
    },
  });
}

function read(path: string, fs: FileSystem): string | undefined {
  return unlessAbsent(() => fs.readFileSync(path, "utf8"));
}

function goneAway(path: string): RunConflictError {
  return new RunConflictError({
    who: dirname(path),
    expected: "the folder of this run",
    got: "no folder, or one without its lock: the folder disappeared during the run",
    remedy: "Nothing more is written to it. Start the run again, and leave its folder in place until it ends.",
  });
}

function requireStale(content: string, path: string, fs: FileSystem): void {
  const written = unlessAbsent(() => fs.statSync(path))?.mtimeMs;
  if (written !== undefined && Date.now() - written > LEASE) return;
  const [, pid, host, token] = /^(\d+) (\S+)(?: (\S+))?\n$/.exec(content) ?? [];
  // Perhaps its owner is just writing it.
  if (pid === undefined) throw heldBy("an unknown process", path);
  if (host !== hostname()) throw heldBy(`process ${pid} on ${host}`, path);
  // A process of the same number that is this one, but holds no such lock, was another before a restart.
  const alive = Number(pid) === process.pid ? token !== undefined && held.has(token) : lives(Number(pid));
  if (alive) throw heldBy(`process ${pid}`, path);
}

function heldBy(holder: string, path: string): RunConflictError {
  return new RunConflictError({
    who: dirname(path),
    expected: "a folder that no other process writes to",
    got: `one in use by ${holder}`,
    remedy: `Wait for it, or choose another folder; if no such process is running, delete ${basename(path)} in it.`,
  });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
