import type { About } from "../common/about.ts";

export const about: About = {
  name: "information-plane",
  summary:
    "I(X; L) and I(Y; L) of every layer through training, on the data of Shwartz-Ziv & Tishby: does it compress?",
  group: "neurons and data",
};
