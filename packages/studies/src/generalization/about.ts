import type { About } from "../common/about.ts";

export const about: About = {
  name: "generalization",
  summary: "information bounds on the generalization gap, compared with the gap: which of them are not vacuous?",
  group: "neurons and data",
};
