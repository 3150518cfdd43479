import type { About } from "../common/about.ts";

export const about: About = {
  name: "generalization",
  summary: "bounds on the generalization gap by information, beside the gap: which of them say anything?",
  group: "neurons and data",
};
