/** Mutants of files: bytes, values of JSON and fields of protocol buffers, changed as a seed says. */

/** Numbers from 0 to 1 (mulberry32): the same for the same seed, everywhere. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random, n) => Math.floor(random() * n);
/** Mostly one change: what is changed in many places is refused at the first. */
const few = (random) => (random() < 0.7 ? 1 : 2);
const oneOf = (random, list) => list[below(random, list.length)];

const NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "",
  " ",
  "x",
  "\u001b[2J",
  "a".repeat(5000),
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  7,
  16,
  255,
  65535,
  65536,
  1e6,
  2 ** 24,
  2 ** 30,
  1e9,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 39,
  2 ** 40,
  2 ** 53,
  1e300,
  -1e300,
  1e-300,
  0.5,
  -2.5,
  1e21,
];
const VALUES = [null, true, false, [], {}, "", "1", [null], [1, 2], [[]], { name: "x" }, ["x", "x"]];

/** One to four changes of single bytes, pieces, or the end. */
export function mutatedBytes(bytes, random) {
  let found = Uint8Array.from(bytes);
  for (let k = 1 + below(random, 4); k > 0; k--) {
    const at = below(random, found.length + 1);
    switch (below(random, 6)) {
      case 0:
        if (at < found.length) found[at] ^= 1 << below(random, 8);
        break;
      case 1:
        if (at < found.length) found[at] = oneOf(random, [0, 1, 127, 128, 255]);
        break;
      case 2:
        found = found.subarray(0, at);
        break;
      case 3: {
        const piece = found.subarray(at, at + below(random, 40));
        found = joined([found.subarray(0, at), piece, piece, found.subarray(at + piece.length)]);
        break;
      }
      case 4:
        found = joined([found.subarray(0, at), found.subarray(at + below(random, 20))]);
        break;
      default: {
        const size = oneOf(random, [1, 2, 4, 8]);
        if (at + size <= found.length) found.fill(oneOf(random, [0, 255, 127]), at, at + size);
      }
    }
  }
  return found;
}

/** One to three values, keys or entries of an object, anywhere in it, changed. */
export function mutatedJson(root, random) {
  const found = structuredClone(root);
  for (let k = few(random); k > 0; k--) changeOne(found, random);
  return found;
}

function changeOne(root, random) {
  const places = [];
  const walk = (holder) => {
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      places.push([holder, key]);
      const value = holder[key];
      if (typeof value === "object" && value !== null) walk(value);
    }
  };
  walk(root);
  if (places.length === 0) return;
  // Weights are most of a file's values, and say least.
  const few = places.filter(
    ([holder]) => !(Array.isArray(holder) && holder.length > 6 && typeof holder[0] === "number"),
  );
  const [holder, key] = oneOf(random, few.length > 0 && random() < 0.8 ? few : places);
  const value = holder[key];
  switch (oneOf(random, [0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 8, 8, 8])) {
    case 0:
    case 1:
      put(holder, key, oneOf(random, NUMBERS));
      return;
    case 2:
      put(holder, key, oneOf(random, typeof value === "string" ? NAMES : VALUES));
      return;
    case 3:
      if (Array.isArray(holder)) holder.splice(key, 1);
      else delete holder[key];
      return;
    case 4:
      if (Array.isArray(holder))
        for (let n = oneOf(random, [1, 1, 2, 50, 2000]); n > 0; n--) holder.push(structuredClone(value));
      else put(holder, oneOf(random, NAMES), value);
      return;
    case 5: {
      // A value from elsewhere: other shapes, names that exist.
      const [other, otherKey] = oneOf(random, places);
      put(holder, key, structuredClone(other[otherKey]));
      return;
    }
    case 6:
      if (typeof value === "number")
        put(holder, key, oneOf(random, [-value, value + 1, value * 2, value * 1e6, value / 3]));
      else if (Array.isArray(value)) value.reverse();
      else put(holder, key, oneOf(random, VALUES));
      return;
    case 7: {
      let nested = value;
      for (let depth = oneOf(random, [1, 20, 1000]); depth > 0; depth--) nested = [nested];
      put(holder, key, nested);
      return;
    }
    default: {
      // A name changed wherever it stands.
      const names = places.map(([each, at]) => each[at]).filter((each) => typeof each === "string");
      if (names.length === 0) return;
      const [from, to] = [oneOf(random, names), oneOf(random, [...NAMES, oneOf(random, names)])];
      for (const [each, at] of places) if (each[at] === from) put(each, at, to);
    }
  }
}

/** As JSON.parse does it: `__proto__` is a key like any other. */
function put(holder, key, value) {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

/** One to three fields of a protocol buffer changed, at any depth, and the lengths around them made right. */
export function mutatedProtobuf(bytes, random) {
  const root = fieldsOf(bytes, 0) ?? [];
  for (let k = few(random); k > 0; k--) {
    const places = [];
    const walk = (fields) => {
      for (const [at, field] of fields.entries()) {
        places.push([fields, at]);
        if (field.inside !== undefined) walk(field.inside);
      }
    };
    walk(root);
    if (places.length === 0) break;
    const [fields, at] = oneOf(random, places);
    const field = fields[at];
    switch (below(random, 7)) {
      case 0:
        fields.splice(at, 1);
        break;
      case 1:
        for (let n = oneOf(random, [1, 1, 2, 500]); n > 0; n--) fields.splice(at, 0, field);
        break;
      case 2: {
        const [other, otherAt] = oneOf(random, places);
        fields[at] = structuredClone(other[otherAt]);
        break;
      }
      case 3:
        fields[at] = { ...field, number: 1 + below(random, 12) };
        break;
      default:
        if (field.type === 0) fields[at] = { ...field, value: wholeOf(random, field.value) };
        else if (field.type === 2) {
          const data =
            random() < 0.5 ? new TextEncoder().encode(oneOf(random, NAMES)) : mutatedBytes(field.data, random);
          fields[at] = { ...field, data, inside: undefined };
        } else fields[at] = { ...field, data: field.data.map(() => below(random, 256)) };
    }
  }
  return encoded(root);
}

function wholeOf(random, value) {
  return oneOf(random, [
    0n,
    1n,
    2n,
    -1n,
    -5n,
    127n,
    2n ** 20n,
    2n ** 31n,
    2n ** 39n,
    2n ** 53n,
    2n ** 62n,
    value + 1n,
    value * 2n,
    value * 1000n,
  ]);
}

/** Fields, or undefined for bytes that are no message. */
function fieldsOf(bytes, depth) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const key = varint(bytes, at);
    if (key === undefined) return undefined;
    at = key.end;
    const [number, type] = [Number(key.value >> 3n), Number(key.value & 7n)];
    if (number === 0 || number > 1000) return undefined;
    if (type === 0) {
      const value = varint(bytes, at);
      if (value === undefined) return undefined;
      found.push({ number, type, value: value.value });
      at = value.end;
    } else if (type === 1 || type === 5) {
      const end = at + (type === 1 ? 8 : 4);
      if (end > bytes.length) return undefined;
      found.push({ number, type, data: bytes.slice(at, end) });
      at = end;
    } else if (type === 2) {
      const length = varint(bytes, at);
      if (length === undefined || length.end + Number(length.value) > bytes.length) return undefined;
      const data = bytes.slice(length.end, length.end + Number(length.value));
      const inside = depth < 8 && data.length > 1 ? fieldsOf(data, depth + 1) : undefined;
      found.push({ number, type, data, inside });
      at = length.end + Number(length.value);
    } else return undefined;
  }
  return found;
}

function varint(bytes, from) {
  let value = 0n;
  for (let at = from, shift = 0n; at < bytes.length && shift < 70n; at++, shift += 7n) {
    value |= BigInt(bytes[at] & 127) << shift;
    if (bytes[at] < 128) return { value, end: at + 1 };
  }
  return undefined;
}

function encoded(fields) {
  const parts = fields.flatMap(({ number, type, value, data, inside }) => {
    const key = varintBytes(BigInt(number) * 8n + BigInt(type));
    if (type === 0) return [key, varintBytes(value)];
    const body = inside === undefined ? data : encoded(inside);
    return type === 2 ? [key, varintBytes(BigInt(body.length)), body] : [key, body];
  });
  return joined(parts);
}

function varintBytes(value) {
  let rest = BigInt.asUintN(64, value);
  const found = [];
  do {
    found.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(found);
}

export function joined(parts) {
  const found = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    found.set(part, at);
    at += part.length;
  }
  return found;
}
