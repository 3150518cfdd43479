/** The network of the paper on images, and variants of it. */
import type { About } from "../common/about.ts";

const group = "networks that learn";

export const standard: About = {
  name: "mnist",
  summary: "a 25→6→6→6→5 network learns the digits 0 to 4 of MNIST, reduced to 5 × 5 (the same)",
  group,
  reproduced: true,
};

export const shallow: About = {
  name: "mnist-shallow",
  summary: "the same digits with one hidden layer, 25→6→5",
  group,
  reproduced: true,
};

export const deep: About = {
  name: "mnist-deep",
  summary: "the same digits with five hidden layers, 25→6→6→6→6→6→5",
  group,
  reproduced: true,
};

export const tanh: About = {
  name: "mnist-tanh",
  summary: "mnist with tanh instead of sigmoid",
  group,
  reproduced: true,
};

export const relu: About = {
  name: "mnist-relu",
  summary: "mnist with ReLU, values above 1 dropped as the authors do",
  group,
  reproduced: true,
};

export const fashion: About = {
  name: "fashion",
  summary: "the network of mnist learns the first five classes of Fashion-MNIST; needs --data-dir or --download",
  group,
};
