import type { About } from "../common/about.ts";

export const about: About = {
  name: "dropout",
  summary: "what dropout does to EI, EI_parts and φ (a question the authors leave open)",
  group: "open questions",
  reproduced: true,
};
