import type { About } from "../common/about.ts";

export const about: About = {
  name: "ablation",
  summary: "which neurons a classifier can lose: information-ordered cumulative ablation, whole network and per layer",
  group: "neurons and data",
};
