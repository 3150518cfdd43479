import type { About } from "../common/about.ts";

export const about: About = {
  name: "convergence",
  summary: "samples that the published estimator needs for EI and EI_parts, by width, weights and bins (figures 6, 7)",
  group: "values over settings",
  reproduced: true,
};
