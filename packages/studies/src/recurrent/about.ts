import type { About } from "../common/about.ts";

export const about: About = {
  name: "recurrent",
  summary:
    "EI from state to state and from input to state in trained Elman and GRU cells (a question the authors leave open)",
  group: "open questions",
  reproduced: true,
};
