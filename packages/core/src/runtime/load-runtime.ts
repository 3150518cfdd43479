/** Where onnxruntime comes from: whichever of its packages is installed, loaded when it is first needed. */
import { CausalscopeError } from "../checks/error-classes.ts";

/** What is used of onnxruntime's interface: of onnxruntime-node's and onnxruntime-web's alike. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: object): Promise<OnnxSession>;
  };
  readonly Tensor: {
    new (type: "float32", data: Float32Array, dims: readonly number[]): object;
    new (type: "float64", data: Float64Array, dims: readonly number[]): object;
  };
  readonly env?: { readonly versions?: { readonly node?: string } };
}

/** A model that onnxruntime has loaded. */
export interface OnnxSession {
  run(feeds: Readonly<Record<string, object>>, options?: object): Promise<{ readonly [name: string]: OnnxValue }>;
  release(): Promise<void>;
}

/** A tensor that onnxruntime returns. */
export interface OnnxValue {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

let loaded: Promise<OnnxRuntime> | undefined;

/**
 * In Node onnxruntime-node, or onnxruntime-web where that is not installed or has no library for the machine; elsewhere onnxruntime-web.
 *
 * @throws CausalscopeError where neither can be loaded, with what to install.
 */
export function loadRuntime(): Promise<OnnxRuntime> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<OnnxRuntime> {
  const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  const causes: unknown[] = [];
  for (const source of isNode ? [fromNode, fromWebInNode] : [fromWeb]) {
    try {
      return await source();
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new CausalscopeError(
    {
      who: "ONNX models between any two tensors",
      expected: "onnxruntime, which runs them",
      got: causes.map((cause) => (cause instanceof Error ? cause.message.split("\n")[0] : String(cause))).join("; "),
      remedy: `Install it: npm install ${isNode ? "onnxruntime-node (or onnxruntime-web)" : "onnxruntime-web"}.`,
    },
    { cause: causes[0] },
  );
}

/** By a name that bundlers cannot follow: a browser has no use for it. */
async function fromNode(): Promise<OnnxRuntime> {
  const name = "onnxruntime-node";
  return exportsOf(await import(/* webpackIgnore: true */ /* @vite-ignore */ name));
}

async function fromWebInNode(): Promise<OnnxRuntime> {
  const name = "onnxruntime-web";
  return onOneThread(exportsOf(await import(/* webpackIgnore: true */ /* @vite-ignore */ name)));
}

/** By its own name, so that bundlers find it, and within `try`, so that they only warn where it is not installed. */
async function fromWeb(): Promise<OnnxRuntime> {
  try {
    return onOneThread(exportsOf(await import("onnxruntime-web/wasm")));
  } catch (cause) {
    throw new Error(`onnxruntime-web: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A CommonJS module stands under `default` where its names cannot be told beforehand. */
function exportsOf(module: object): OnnxRuntime {
  const found = "InferenceSession" in module ? module : (module as { default?: object }).default;
  if (found === undefined || !("InferenceSession" in found)) throw new Error("the module has no InferenceSession");
  return found as OnnxRuntime;
}

/** One thread gives the same bits everywhere, and needs no page that is isolated. */
function onOneThread(runtime: OnnxRuntime): OnnxRuntime {
  const { env } = runtime as { env?: { wasm?: { numThreads?: number } } };
  if (env?.wasm !== undefined) env.wasm.numThreads = 1;
  return runtime;
}

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * What `work` gives, begun when what came before it is done: calls that overlap in the one WebAssembly instance of onnxruntime-web take
 * each other's results. onnxruntime-node begins at once; it keeps its sessions apart.
 */
export function inTurn<T>({ InferenceSession, env }: OnnxRuntime, work: () => Promise<T>): Promise<T> {
  if (env?.versions?.node !== undefined) return work();
  const done = (turns.get(InferenceSession) ?? Promise.resolve()).then(work);
  turns.set(
    InferenceSession,
    done.catch(() => {}),
  );
  return done;
}
