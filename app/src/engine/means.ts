/** What answers about a run are computed with. */
import type { Model } from "@causalscope/core";
import type { LayerRequest, Pool } from "@causalscope/core/measures";
import type { LiveRun } from "./live-run.ts";
import type { Answers, Inquiry, LayerWeights } from "./protocol.ts";

/** What an answer is computed with. */
export interface Means {
  readonly run: LiveRun;
  readonly pool: Pool | undefined;
  readonly signal: AbortSignal;
  /** Sends an answer that is not the last. */
  readonly soFar: (answer: Answers[Inquiry["of"]]) => void;
}

/** Connections up to which a drawing does not wait in the line of what the run measures: it takes some ten milliseconds. */
const SMALL = 500;

export const poolFor = ({ inputs, outputs }: LayerRequest["mechanism"], pool: Pool | undefined) =>
  inputs * outputs <= SMALL ? undefined : pool;

export function layersOf({ chain }: Model): LayerWeights[] {
  return chain!.layers.map(({ inputs, outputs, activation, weights, bias }) => ({
    ...{ inputs, outputs, activation: activation as string, weights, bias },
  }));
}
