import type { About } from "../common/about.ts";

export const about: About = {
  name: "memorising",
  summary: "networks that memorize random labels against networks that generalize (a question the authors leave open)",
  group: "open questions",
  reproduced: true,
};
