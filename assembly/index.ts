// The compiled kernels: one module, what it exports. Each file has a twin in src/kernels/typescript that gives the same bits, so the
// order of every floating-point operation is part of the contract; relaxed SIMD is not used.
export { uniforms } from "./philox";
export { expArray, logArray } from "./math";
export { addRows, endTable, product } from "./joint-rows";

/** First byte of the memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
