import type { About } from "../common/about.ts";

export const about: About = {
  name: "train",
  summary: "your own network learns --data digits, xor, spiral, circles, iris, mnist, fashion, or a file",
  group: "networks that learn",
};
