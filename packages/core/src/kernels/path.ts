/** Which of two ways the kernels run: compiled (WebAssembly with SIMD), or plain TypeScript. Both give the same bits. */
import { InvalidInputError } from "../checks/error-classes.ts";
import { moduleHex } from "./generated/module.ts";

/** `"wasm"`, compiled, or `"typescript"`, plain. */
export type KernelPath = "wasm" | "typescript";

let chosen: KernelPath | undefined;
let reasonOfPlain: string | undefined;
/** By the module's bytes in hexadecimal. */
const compiled = new Map<string, WebAssembly.Module>();

/**
 * How the loops that take the time run: compiled wherever there is WebAssembly with SIMD, which is looked up once, else in plain TypeScript,
 * with the same results, several times slower.
 *
 * @example
 * ```ts
 * console.log(kernelPath(), whyPlain()); // wasm undefined
 * ```
 */
export function kernelPath(): KernelPath {
  chosen ??= find();
  return chosen;
}

/**
 * Why the loops run in plain TypeScript: that there is no WebAssembly, or no SIMD, or that a content security policy without
 * `wasm-unsafe-eval` forbids it. Undefined where they are compiled.
 *
 * @example
 * ```ts
 * console.log(whyPlain() ?? "compiled"); // compiled
 * ```
 */
export function whyPlain(): string | undefined {
  return kernelPath() === "wasm" ? undefined : reasonOfPlain;
}

/**
 * Takes one path, or (`"auto"`) the best there is. Results do not depend on it; kernels that exist keep theirs.
 *
 * @throws InvalidInputError for an unknown name, or for `"wasm"` where there is none.
 */
export function useKernels(path: KernelPath | "auto"): void {
  const who = "useKernels()";
  if (path === "auto") chosen = undefined;
  else if (path === "typescript") {
    chosen = path;
    reasonOfPlain = "plain TypeScript was asked for";
  } else if (path === "wasm") {
    const reason = compile();
    if (reason !== undefined) {
      throw new InvalidInputError({ who, expected: "WebAssembly with SIMD", got: reason, remedy: 'Use "typescript".' });
    }
    chosen = path;
  } else
    throw new InvalidInputError({ who, expected: "auto, wasm or typescript", got: JSON.stringify(path) ?? "nothing" });
}

function find(): KernelPath {
  const reason = compile();
  if (reason === undefined) return "wasm";
  reasonOfPlain = reason;
  console.warn(
    `causalscope: ${reason}; measuring in plain TypeScript instead, with the same results but several times slower`,
  );
  return "typescript";
}

/** Compiles kernels, once; returns why not. */
function compile(hex = moduleHex): string | undefined {
  if (compiled.has(hex)) return undefined;
  if (typeof WebAssembly === "undefined") return "WebAssembly is not available";
  const bytes = bytesOf(hex);
  if (!WebAssembly.validate(bytes)) return "WebAssembly has no SIMD here";
  try {
    compiled.set(hex, new WebAssembly.Module(bytes));
  } catch (error) {
    return `the compiled kernels could not be loaded (${error instanceof Error ? error.message : error})`;
  }
  return undefined;
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  const digit = (at: number) => {
    const code = hex.charCodeAt(at);
    return code < 58 ? code - 48 : code - 87;
  };
  for (let at = 0; at < bytes.length; at++) bytes[at] = 16 * digit(2 * at) + digit(2 * at + 1);
  return bytes;
}

/** A compiled module. @throws Error where `kernelPath()` is not `"wasm"`. */
export function kernelModule(hex: string): WebAssembly.Module {
  const reason = compile(hex);
  const module = compiled.get(hex);
  if (module === undefined) throw new Error(reason);
  return module;
}
