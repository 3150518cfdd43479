/** Names used once: "fc", "fc (2)", "fc (3)" … In time that does not grow with how often a name comes. */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (name) => {
    let found = name;
    for (let n = next.get(name) ?? 2; taken.has(found); n++) {
      found = `${name} (${n})`;
      next.set(name, n + 1);
    }
    taken.add(found);
    return found;
  };
}
