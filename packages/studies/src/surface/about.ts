import type { About } from "../common/about.ts";

export const about: About = {
  name: "surface",
  summary: "EI, EI_parts, sensitivity and degeneracy of two inputs into one output, for all weights (figures 1 d–f, 3)",
  group: "values over settings",
  reproduced: true,
};
