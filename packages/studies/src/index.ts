/** All studies, by name. */
import { ablationStudy } from "./ablation.ts";
import { coarseBinsStudy, firstLayerStudy } from "./coarse-bins.ts";
import { convergenceStudy } from "./convergence.ts";
import { edgeStudy } from "./edge.ts";
import { generalizationStudy } from "./generalization.ts";
import { informationPlaneStudy } from "./information-plane.ts";
import { dropoutStudy, harderStudy, memorisingStudy } from "./open-questions.ts";
import { trainingStudies } from "./paper-runs.ts";
import { recurrentStudy } from "./recurrent.ts";
import type { Study } from "./study.ts";
import { surfaceStudy } from "./surface.ts";

const VALUE_STUDIES = [
  edgeStudy,
  surfaceStudy,
  convergenceStudy,
  coarseBinsStudy,
  firstLayerStudy,
  dropoutStudy,
  memorisingStudy,
  harderStudy,
  recurrentStudy,
  ablationStudy,
  informationPlaneStudy,
  generalizationStudy,
];

export const studies: Readonly<Record<string, Study>> = {
  ...trainingStudies,
  ...Object.fromEntries(VALUE_STUDIES.map((study) => [study.name, study])),
};
