/** Plain data as text that is the same for the same bits only, in Node and in a browser. */
export function bitsOf(value: unknown): string {
  if (typeof value === "number") {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16);
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const inside = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${bitsOf(each)}`);
  return `${value.constructor.name}{${inside.join(",")}}`;
}
