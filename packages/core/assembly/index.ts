// The compiled kernels that every measurement may need, as one module; what few need is in index-likelihood.ts and index-pairs.ts. Each file has a twin in packages/core/src/kernels/typescript that gives the same bits, so the
// order of every floating-point operation is part of the contract; relaxed SIMD is not used.
export { fillPool, sampleCells } from "./cells";
export { countOutputs } from "./outputs";
export { mergeStates, rehash } from "./states";
export { uniforms } from "./philox";
export { expArray, logArray } from "./math";
export { addRows, endTable, product } from "./joint-rows";
export { forward, score, trainSteps } from "./trainer";

/** First byte of the memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
