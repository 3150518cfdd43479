/**
 * Files of one model through its training, in the order of the numbers in their names: ckpt-2 before ckpt-10.
 *
 * @example
 * ```ts
 * console.log(orderCheckpoints(["ckpt-10.onnx", "ckpt-2.onnx"])); // [ 'ckpt-2.onnx', 'ckpt-10.onnx' ]
 * ```
 */
export function orderCheckpoints(paths: readonly string[]): string[] {
  const order = new Intl.Collator("en", { numeric: true });
  return [...paths].sort((a, b) => order.compare(a, b));
}
