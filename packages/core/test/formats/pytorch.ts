/** Files with the names that PyTorch gives tensors, in the order in which safetensors' own implementation writes them. */
import { elements } from "../../src/model/tensor.ts";
import { safetensors } from "./bytes.ts";

/** Values of a shape that tell position and tensor apart. */
export function ramp(shape: readonly number[], from = 0): number[] {
  return Array.from({ length: elements(shape) }, (_, at) => from + (at % 7) / 8 - 0.25);
}

export interface Stored {
  readonly shape: readonly number[];
  readonly values?: readonly number[];
  /** Default F32. */
  readonly dtype?: "F32" | "I64";
}

/** `order`: names as they stand in the file; sorted unless given. */
export function torchFile(
  tensors: Readonly<Record<string, Stored>>,
  options: { readonly order?: readonly string[]; readonly metadata?: object } = {},
): Uint8Array {
  const rank = (name: string) => (tensors[name]!.dtype === "I64" ? 0 : 1);
  const names = options.order ?? Object.keys(tensors).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = { ...(options.metadata && { __metadata__: options.metadata }) };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const name of names) {
    const { shape, dtype = "F32", values = ramp(shape) } = tensors[name]!;
    const data =
      dtype === "F32" ? Float32Array.from(values) : BigInt64Array.from(values, (value) => BigInt(Math.trunc(value)));
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
    parts.push(new Uint8Array(data.buffer));
  }
  return safetensors(header, Buffer.concat(parts));
}

/** A dense layer's weights and bias. */
export function linear(name: string, outputs: number, inputs: number): Record<string, Stored> {
  return { [`${name}.weight`]: { shape: [outputs, inputs] }, [`${name}.bias`]: { shape: [outputs] } };
}

export function batchNorm(name: string, channels: number): Record<string, Stored> {
  return {
    [`${name}.weight`]: { shape: [channels] },
    [`${name}.bias`]: { shape: [channels] },
    [`${name}.running_mean`]: { shape: [channels] },
    [`${name}.running_var`]: { shape: [channels], values: ramp([channels], 1) },
    [`${name}.num_batches_tracked`]: { shape: [], values: [3], dtype: "I64" },
  };
}
