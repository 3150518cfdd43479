/** What the browser test of onnxruntime runs in its page. */
import { onnxBlackBox } from "../../src/runtime/onnx-runtime.ts";

async function evaluate(model: number[], from: string, to: string, x: number[]): Promise<number[]> {
  const mechanism = await onnxBlackBox(Uint8Array.from(model), { from, to });
  const y = await mechanism.evaluate(Float64Array.from(x), x.length / mechanism.inputs);
  await mechanism.release();
  return [...y];
}

Object.assign(window, { evaluate });
