/** What a trainer is given, and what it can be asked. */
import type { TileActivation } from "./typescript/activate.ts";
import type { TileLoss } from "./typescript/loss.ts";
import type { UpdateRule } from "./typescript/optimizer.ts";

export interface TrainerLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: TileActivation;
  readonly bias: boolean;
}

/** Examples: `[rows, features]` and `[rows, outputs]`, row-major. */
export interface TrainingTable {
  readonly rows: number;
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  readonly labels: Int32Array | undefined;
}

export interface TrainerSpec {
  readonly layers: readonly TrainerLayer[];
  /** Layer by layer: weights row-major (`[outputs, inputs]`), then the bias where the layer has one. Copied. */
  readonly parameters: Float64Array;
  /** As many as the rule has, with one value per parameter. Copied. */
  readonly moments: readonly Float64Array[];
  readonly loss: TileLoss;
  readonly rule: UpdateRule;
  readonly batchSize: number;
  /** What the mean divides by for each example of a batch; 0 for a sum. */
  readonly divisor: number;
  /** Weight decay, not of biases. */
  readonly l2: number;
  /** Fraction of the units dropped in each hidden layer; undefined where none is. */
  readonly dropout?: readonly number[] | undefined;
  /** What steps learn from; undefined for a trainer that only answers. */
  readonly data: TrainingTable | undefined;
}

/** The arrays are the trainer's own, and good until `release()`. */
export interface Trainer {
  readonly parameters: Float64Array;
  readonly moments: readonly Float64Array[];
  /** The rows of the data in the order they are learned in; the caller writes it before the first step. */
  readonly order: Int32Array;
  /**
   * Makes steps over the batches that begin at `order[from]` … before `order[to]`; the first of them is number `step`,
   * from 1.
   *
   * @param kept where units are dropped: for each example in order and each hidden unit, layer by layer, 1 where it is kept, else 0.
   */
  steps(from: number, to: number, step: number, kept?: Uint8Array): void;
  /** The losses of all rows, summed in order, and how many rows have their label for an answer. */
  score(table: TrainingTable): { total: number; right: number };
  /** The outputs of `rows` rows of inputs, `[rows, outputs]`. */
  forward(inputs: Float64Array, rows: number): Float64Array;
  /** Gives the memory back. */
  free(): void;
}

/** What a kept unit of a layer is multiplied by, so that what the next one gets is right in the mean. */
export function keptScale({ dropout }: Pick<TrainerSpec, "dropout">, layer: number): number {
  return 1 / (1 - (dropout?.[layer] ?? 0));
}
