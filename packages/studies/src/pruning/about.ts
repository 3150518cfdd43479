import type { About } from "../common/about.ts";

export const about: About = {
  name: "pruning",
  summary:
    "EI, EI_parts and φ of trained layers as their smallest weights are removed (a question the authors leave open)",
  group: "open questions",
};
