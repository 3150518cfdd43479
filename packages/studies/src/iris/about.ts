import type { About } from "../common/about.ts";

export const about: About = {
  name: "iris",
  summary: "a 4→5→5→3 network learns to tell three species of Iris apart (Mattsson, Michaud & Hoel 2020)",
  group: "networks that learn",
  reproduced: true,
};
