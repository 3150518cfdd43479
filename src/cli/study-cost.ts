/** What a study will take. */
import { estimateCost } from "../cost/estimate-cost.ts";
import type { Question } from "../runs/run-file.ts";
import type { Study } from "../runs/studies/study.ts";

/** Multiplications of a training per second, on one core of today. */
const MULTIPLICATIONS = 4e8;

/** About how many seconds a study takes on two cores, what is finished apart. */
export async function secondsOf(study: Study, question: Question, finished = 0): Promise<number> {
  if (study.kind === "values") return study.seconds(question);
  const { mechanisms, options, times } = study.work(question);
  let time = 0;
  for (const mechanism of mechanisms) time += (await estimateCost(mechanism, options)).seconds * (times - finished);
  const { layers, epochs, trainRows, seeds } = question as {
    layers: number[];
    epochs: number;
    trainRows: number;
    seeds: number[];
  };
  const weights = layers.slice(1).reduce((sum, width, l) => sum + width * layers[l]!, 0);
  const learning = (3 * weights * epochs * trainRows * seeds.length) / MULTIPLICATIONS;
  // Workers measure while the network learns.
  return Math.max(time / 2, learning) + learning / 4;
}
