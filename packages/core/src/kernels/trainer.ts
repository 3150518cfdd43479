/** The trainer, compiled where it can be and plain elsewhere. */
import { compiledTrainer } from "./compiled-trainer.ts";
import type { Trainer, TrainerSpec } from "./trainer-spec.ts";
import { PlainTrainer } from "./typescript/trainer.ts";

export function createTrainer(spec: TrainerSpec): Trainer {
  return compiledTrainer(spec) ?? new PlainTrainer(spec);
}
