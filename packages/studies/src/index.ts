/** The studies there are, in the order of listings. Each is a folder; what a listing says of it is in its about.ts, and the rest is loaded when it is asked for. */
import { InvalidInputError } from "@causalscope/core/errors";
import type { Study } from "@causalscope/runs";
import { about as ablation } from "./ablation/about.ts";
import { about as coarseBins } from "./coarse-bins/about.ts";
import type { About } from "./common/about.ts";
import { about as convergence } from "./convergence/about.ts";
import { about as dropout } from "./dropout/about.ts";
import { about as edge } from "./edge/about.ts";
import { about as firstLayer } from "./first-layer/about.ts";
import { about as generalization } from "./generalization/about.ts";
import { about as harder } from "./harder/about.ts";
import { about as informationPlane } from "./information-plane/about.ts";
import { about as iris } from "./iris/about.ts";
import { about as memorising } from "./memorising/about.ts";
import * as mnist from "./mnist/about.ts";
import { about as pruning } from "./pruning/about.ts";
import { about as recurrent } from "./recurrent/about.ts";
import { about as surface } from "./surface/about.ts";
import { about as train } from "./train/about.ts";

export type { About, StudyGroup } from "./common/about.ts";

/** A study that is not loaded yet. */
export interface StudyEntry extends About {
  readonly load: () => Promise<Study>;
}

/** All studies, in the order of listings; each is loaded when it is asked for. */
export const studies: readonly StudyEntry[] = [
  { ...iris, load: async () => (await import("./iris/index.ts")).study },
  { ...mnist.standard, load: async () => (await import("./mnist/index.ts")).standard },
  { ...mnist.shallow, load: async () => (await import("./mnist/index.ts")).shallow },
  { ...mnist.deep, load: async () => (await import("./mnist/index.ts")).deep },
  { ...mnist.tanh, load: async () => (await import("./mnist/index.ts")).tanh },
  { ...mnist.relu, load: async () => (await import("./mnist/index.ts")).relu },
  { ...mnist.fashion, load: async () => (await import("./mnist/index.ts")).fashion },
  { ...train, load: async () => (await import("./train/index.ts")).study },
  { ...edge, load: async () => (await import("./edge/index.ts")).study },
  { ...surface, load: async () => (await import("./surface/index.ts")).study },
  { ...firstLayer, load: async () => (await import("./first-layer/index.ts")).study },
  { ...coarseBins, load: async () => (await import("./coarse-bins/index.ts")).study },
  { ...convergence, load: async () => (await import("./convergence/index.ts")).study },
  { ...dropout, load: async () => (await import("./dropout/index.ts")).study },
  { ...memorising, load: async () => (await import("./memorising/index.ts")).study },
  { ...harder, load: async () => (await import("./harder/index.ts")).study },
  { ...recurrent, load: async () => (await import("./recurrent/index.ts")).study },
  { ...pruning, load: async () => (await import("./pruning/index.ts")).study },
  { ...ablation, load: async () => (await import("./ablation/index.ts")).study },
  { ...informationPlane, load: async () => (await import("./information-plane/index.ts")).study },
  { ...generalization, load: async () => (await import("./generalization/index.ts")).study },
];

/**
 * A study by its name.
 *
 * @example
 * ```ts
 * const iris = await study("iris");
 * const parts = iris.parts(studyOptions(iris, { seeds: [0, 1], epochs: 200 }));
 * console.log(parts.map(({ at }) => at)); // [ 'seed 0', 'seed 1' ]
 * ```
 * @throws InvalidInputError for a name that is no study's.
 */
export async function study(name: string): Promise<Study> {
  const entry = studies.find((each) => each.name === name);
  if (entry !== undefined) return entry.load();
  throw new InvalidInputError({
    who: "study()",
    expected: `one of the studies ${studies.map((each) => each.name).join(", ")}`,
    got: JSON.stringify(name) ?? "nothing",
  });
}
