// The compiled kernels of joint histograms of pairs, as a module of their own: what is measured exactly needs none of them.
export { pairColumns, pairCount } from "./pairs";

/** First byte of the memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
