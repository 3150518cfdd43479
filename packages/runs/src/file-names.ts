/** Names of files in a run's folder that are not a part of the run. */

/** Ends the names of files that are not yet renamed into place; one that is found was left by a killed process. */
export const TEMPORARY = ".partial";

/** Whether a file in a folder is its lock, or a claim on it. */
export function isLockFile(name: string, lock: string): boolean {
  return name === lock || (name.startsWith(`${lock}.`) && name.endsWith(TEMPORARY));
}
