/** Time that is spent computing, in seconds: of all threads in Node, so that a busy machine does not count; else what the clock says. */
export function computingTime(): number {
  const { process: node } = globalThis as { process?: { cpuUsage?: () => { user: number; system: number } } };
  const used = node?.cpuUsage?.();
  return used === undefined ? performance.now() / 1e3 : (used.user + used.system) / 1e6;
}
