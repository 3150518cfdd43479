/** Memory that all threads see: what is in it is sent without being copied. */

/** Node always has it; a page only where it is isolated from other origins. */
export function canShare(): boolean {
  return (
    typeof SharedArrayBuffer !== "undefined" &&
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  );
}

/**
 * The same plain data with its typed arrays in shared memory, each copied once however often it occurs. Where memory cannot be
 * shared, the data itself.
 */
export function shared<T>(data: T): T {
  if (!canShare()) return data;
  const moved = new Map<unknown, unknown>();
  const move = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const before = moved.get(value);
    if (before !== undefined) return before;
    const after = moveOne(value, move);
    moved.set(value, after);
    return after;
  };
  return move(data) as T;
}

type TypedArray = Float64Array<ArrayBufferLike>;

function moveOne(value: object, move: (value: unknown) => unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const array = value as TypedArray;
    if (array.buffer instanceof SharedArrayBuffer) return array;
    const copy = new (array.constructor as typeof Float64Array)(new SharedArrayBuffer(array.byteLength));
    copy.set(array);
    return copy;
  }
  if (Array.isArray(value)) return value.map(move);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, move(each)]));
}
