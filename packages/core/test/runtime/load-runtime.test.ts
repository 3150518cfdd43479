/** Which onnxruntime is taken, and what is said where there is none. */
import { afterEach, describe, expect, test, vi } from "vitest";

const absent = (name: string) => () => {
  throw new Error(`Cannot find package '${name}'`);
};

describe("loadRuntime", () => {
  afterEach(() => {
    vi.doUnmock("onnxruntime-node");
    vi.doUnmock("onnxruntime-web");
    vi.resetModules();
  });

  const loaded = async () => (await import("../../src/runtime/load-runtime.ts")).loadRuntime();

  test("onnxruntime-node where it is installed, once", async () => {
    const InferenceSession = { create: () => {} };
    const load = vi.fn(() => ({ default: { InferenceSession } }));
    vi.doMock("onnxruntime-node", load);
    const { loadRuntime } = await import("../../src/runtime/load-runtime.ts");
    const runtime = await loadRuntime();
    expect(runtime.InferenceSession).toBe(InferenceSession);
    expect(await loadRuntime()).toBe(runtime);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("onnxruntime-web on one thread where onnxruntime-node cannot be loaded", async () => {
    vi.doMock("onnxruntime-node", absent("onnxruntime-node"));
    const runtime = (await loaded()) as unknown as { env: { wasm: { numThreads: number } } };
    expect(runtime.env.wasm.numThreads).toBe(1);
  });

  test("what to install where neither can", async () => {
    vi.doMock("onnxruntime-node", absent("onnxruntime-node"));
    vi.doMock("onnxruntime-web", absent("onnxruntime-web"));
    await expect(loaded()).rejects.toThrow(
      /^ONNX models between any two tensors: expected onnxruntime, which runs them; got .*Install it: npm install onnxruntime-node \(or onnxruntime-web\)\.$/,
    );
  });
});
