/** What the reader of one kind of Keras layer gets, and gives. */
import type { Operation, Shape } from "../../model/graph.ts";
import type { Tensor } from "../../model/tensor.ts";
import type { KerasConfig } from "./keras-config.ts";

export interface KerasLayer {
  /** File and layer, for messages. */
  readonly who: string;
  readonly className: string;
  readonly config: KerasConfig;
  readonly inputs: readonly string[];
  /** Of the inputs, where known. */
  readonly shapes: readonly (Shape | undefined)[];
  /**
   * A weight by its name within the layer, of finite values.
   *
   * @param expected Its shape; a size that may be any is undefined.
   * @throws FormatError where there is none, of another shape, or with a value that is not finite.
   */
  readonly weight: (name: string, expected: readonly (number | undefined)[]) => Tensor;
  /** What the file says of a weight's shape, undefined where it has none of that name. */
  readonly weightShape: (name: string) => Shape | undefined;
}

/** One operation of a layer. The first takes the layer's inputs, each other one what came before it. */
export interface Step {
  readonly operation: Operation;
  /** More inputs, after what came before. */
  readonly more?: readonly string[];
  /** How many of the layer's inputs the first step takes, where not all. */
  readonly take?: number;
}

export interface LayerReader {
  /** For the support table. */
  readonly becomes: string;
  readonly remark?: string;
  /** None: the layer passes its input on. */
  readonly read: (layer: KerasLayer) => readonly Step[];
}

export function steps(...operations: readonly Operation[]): readonly Step[] {
  return operations.map((operation) => ({ operation }));
}
