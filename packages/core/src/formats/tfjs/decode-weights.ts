/** From the bytes of one weight to its values. */
import { checkFile } from "../../checks/check.ts";
import { shown } from "../json-values.ts";
import { type Json, property, recordAt } from "./checked.ts";

type Values = Float32Array | Float64Array;

export interface Decoder {
  /** What the tensor says of itself. */
  readonly dtype: string;
  /** Bytes per value. */
  readonly width: number;
  readonly decode: (bytes: Uint8Array, size: number) => Values;
}

export interface Stored {
  readonly shape: readonly number[];
  /** Texts and complex numbers are passed over. */
  readonly decoder: Decoder | "text" | "complex";
  readonly bytes: number;
}

const plain: Readonly<Record<string, Decoder>> = {
  float32: { dtype: "float32", width: 4, decode: float32 },
  float16: { dtype: "float16", width: 2, decode: float16 },
  int32: { dtype: "int32", width: 4, decode: (bytes, size) => spread(size, bytes, "getInt32", 4) },
  bool: { dtype: "bool", width: 1, decode: (bytes) => Float64Array.from(bytes) },
  uint8: { dtype: "uint8", width: 1, decode: (bytes) => Float64Array.from(bytes) },
};

/** @throws FormatError for a type or a quantisation that TensorFlow.js does not have. */
export function decoderOf(spec: Json, name: string, who: string): Decoder | "text" | "complex" {
  const dtype = property(spec, "dtype");
  if (property(spec, "quantization") !== undefined) return quantized(spec, dtype, who);
  if (dtype === "string") return "text";
  if (dtype === "complex64") return "complex";
  checkFile(typeof dtype === "string" && Object.hasOwn(plain, dtype), () => ({
    who,
    expected: `one of ${[...Object.keys(plain), "string", "complex64"].join(", ")} as the dtype of "${name}"`,
    got: shown(dtype),
  }));
  return plain[dtype]!;
}

function quantized(spec: Json, dtype: unknown, who: string): Decoder {
  const quantization = recordAt(spec, "quantization", who);
  const stored = property(quantization, "dtype");
  checkFile(dtype === "float32" || dtype === "int32", () => ({
    who,
    expected: "float32 or int32 where weights are quantized",
    got: shown(dtype),
  }));
  if (stored === "float16" && dtype === "float32") return plain.float16!;
  checkFile(stored === "uint8" || stored === "uint16", () => ({
    who: `${who}: quantization`,
    expected: "the dtype uint8, uint16, or float16 for float32",
    got: shown(stored),
  }));
  const scale = property(quantization, "scale");
  const min = property(quantization, "min");
  const width = stored === "uint8" ? 1 : 2;
  const most = width === 1 ? 255 : 65535;
  const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(Math.fround(value));
  checkFile(finite(scale) && finite(min) && finite(min + most * scale), () => ({
    who: `${who}: quantization`,
    expected: "a finite scale and min",
    got: `${shown(scale)} and ${shown(min)}`,
  }));
  return {
    dtype: `${stored}, scaled`,
    width,
    decode: (bytes, size) => {
      const values = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
      for (let k = 0; k < size; k++) {
        const value = (width === 1 ? bytes[k]! : bytes[2 * k]! | (bytes[2 * k + 1]! << 8)) * scale + min;
        values[k] = dtype === "float32" ? value : Math.round(value);
      }
      return values;
    },
  };
}

function float32(bytes: Uint8Array, size: number): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, size);
}

const SMALLEST_HALF = 5.9604644775390625e-8;

function float16(bytes: Uint8Array, size: number): Float32Array {
  const values = new Float32Array(size);
  const bits = new Uint32Array(values.buffer);
  for (let k = 0; k < size; k++) {
    const half = bytes[2 * k]! | (bytes[2 * k + 1]! << 8);
    const sign = half & 0x8000;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[k] = (sign === 0 ? fraction : -fraction) * SMALLEST_HALF;
    else bits[k] = (sign << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return values;
}

function spread(size: number, bytes: Uint8Array, get: "getInt32", width: number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: size }, (_, k) => view[get](k * width, true));
}
