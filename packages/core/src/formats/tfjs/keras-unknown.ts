/** Keras layers that are not read: why, and what is known of them all the same. */
import type { Shape } from "../../model/graph.ts";
import type { KerasConfig } from "./keras-config.ts";

const RECURRENT = ["SimpleRNN", "LSTM", "GRU", "RNN", "ConvLSTM2D", "ConvLSTM2DCell", "Bidirectional"];

/** A clause for the layer's node. */
export function whyNot(className: string): string {
  if (RECURRENT.includes(className)) return "recurrence is not supported";
  if (className === "Lambda" || className.startsWith("TFOp") || className.startsWith("TensorFlowOp")) {
    return "the file does not contain its code in a readable form";
  }
  return "this layer is not supported";
}

/** What a recurrent layer gives, undefined where it is not clear. */
export function recurrentShape(className: string, config: KerasConfig, input: Shape | undefined): Shape | undefined {
  const units = config.get("units");
  if (!["SimpleRNN", "LSTM", "GRU"].includes(className) || input?.length !== 3) return undefined;
  if (!Number.isSafeInteger(units) || (units as number) < 1 || config.get("return_state") === true) return undefined;
  const [batch, times] = input;
  return config.get("return_sequences") === true ? [batch!, times!, units as number] : [batch!, units as number];
}
