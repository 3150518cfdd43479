import type { About } from "../common/about.ts";

export const about: About = {
  name: "edge",
  summary: "EI of a single connection against its weight: sigmoid, tanh, ReLU; where it peaks (figure 1 a–c)",
  group: "values over settings",
  reproduced: true,
};
