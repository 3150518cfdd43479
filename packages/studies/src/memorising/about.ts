import type { About } from "../common/about.ts";

export const about: About = {
  name: "memorising",
  summary: "networks that memorise random labels against networks that generalise (left open by the authors)",
  group: "open questions",
  reproduced: true,
};
