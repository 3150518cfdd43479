import type { About } from "../common/about.ts";

export const about: About = {
  name: "coarse-bins",
  summary: "sensitivity, EI and degeneracy of the MNIST network by the number of bins: when degeneracy is negative",
  group: "values over settings",
  reproduced: true,
};
