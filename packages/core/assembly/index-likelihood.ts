// The compiled kernels of probabilities of outputs, and of bounds by distances, as a module of their own: most measurements need none of them.
export { addPairs } from "./closeness";
export { walk } from "./polytope-walk";
export { truncatedStep } from "./truncated-normals";

/** First byte of the memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
