/** Files put together by hand, not by the writers under test, and good files that were damaged. */
import fc from "fast-check";

/** A safetensors file; the header may be any text or bytes, the data a number of zeros. */
export function safetensors(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const json = header instanceof Uint8Array ? header : new TextEncoder().encode(text);
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

/** Truncations, changed bytes and changed stretches of a good file, and random bytes after its first `kept`. */
export function broken(good: Uint8Array, kept: number): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(good.length - 1);
  const changes = fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 6 });
  return fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((tail) => Uint8Array.of(...good.subarray(0, kept), ...tail)),
    fc.nat(good.length).map((length) => good.slice(0, length)),
    changes.map((list) => {
      const bytes = good.slice();
      for (const [place, value] of list) bytes[place] = value;
      return bytes;
    }),
    fc.tuple(at, at, at).map(([from, to, put]) => {
      const bytes = good.slice();
      bytes.copyWithin(put, Math.min(from, to), Math.max(from, to));
      return bytes;
    }),
  );
}
