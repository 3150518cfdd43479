import type { About } from "../common/about.ts";

export const about: About = {
  name: "first-layer",
  summary: "EI of the MNIST network's first layer by the published estimator against its true value",
  group: "values over settings",
  reproduced: true,
};
