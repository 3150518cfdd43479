import type { About } from "../common/about.ts";

export const about: About = {
  name: "harder",
  summary:
    "deeper networks on harder data: 5 × 5 MNIST and 8 × 8 digits of ten classes (a question the authors leave open)",
  group: "open questions",
  reproduced: true,
};
