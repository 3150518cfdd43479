import { afterEach, describe, expect, it, vi } from "vitest";
import { kernelPath, useKernels, whyPlain } from "../../src/kernels/path.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  useKernels("auto");
});

describe("the path of the kernels", () => {
  it("is compiled here, for which there is nothing to say", () => {
    useKernels("auto");
    expect([kernelPath(), whyPlain()]).toEqual(["wasm", undefined]);
  });

  it("is plain where that is asked for, and says so", () => {
    useKernels("typescript");
    expect([kernelPath(), whyPlain()]).toEqual(["typescript", "plain TypeScript was asked for"]);
    useKernels("wasm");
    expect(whyPlain()).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [undefined, "WebAssembly is not available"],
    [{ validate: () => false }, "WebAssembly has no SIMD here"],
    [
      {
        validate: () => true,
        Module: class {
          constructor() {
            throw new Error("blocked by Content Security Policy");
          }
        },
      },
      "the compiled kernels could not be loaded (blocked by Content Security Policy)",
    ],
  ])("is plain where the machine has it no other way, with the reason", async (webAssembly, reason) => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", webAssembly);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const fresh = await import("../../src/kernels/path.ts");
    expect([fresh.kernelPath(), fresh.whyPlain()]).toEqual(["typescript", reason]);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
