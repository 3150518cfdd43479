/** The names of the studies, in their order, and one line on each: known before a study is loaded. */
export const studySummaries = {
  iris: "a 4→5→5→3 network learns to tell three species of Iris apart (Mattsson, Michaud & Hoel 2020)",
  mnist: "a 25→6→6→6→5 network learns the digits 0 to 4 of MNIST, reduced to 5 × 5 (the same)",
  "mnist-shallow": "the same digits with one hidden layer, 25→6→5",
  "mnist-deep": "the same digits with five hidden layers, 25→6→6→6→6→6→5",
  "mnist-tanh": "mnist with tanh in place of sigmoid",
  "mnist-relu": "mnist with ReLU, values above 1 dropped as the authors do",
  fashion: "the network of mnist learns the first five classes of Fashion-MNIST; needs --data-dir or --download",
  train: "a network of yours learns --data digits, xor, spiral, circles, iris, mnist, fashion, or a file",
  edge: "EI of a single connection against its weight: sigmoid, tanh, ReLU; where it peaks (figure 1 a–c)",
  surface: "EI, EI_parts, sensitivity and degeneracy of two inputs into one output, for all weights (figures 1 d–f, 3)",
  convergence:
    "samples that the published estimator needs for EI and EI_parts, by width, weights and bins (figures 6, 7)",
  "coarse-bins":
    "sensitivity, EI and degeneracy of the MNIST network by the number of bins: when degeneracy is negative",
  "first-layer": "EI of the MNIST network's first layer by the published estimator against its true value",
  dropout: "what dropout does to EI, EI_parts and φ (a question the authors leave open)",
  memorising: "networks that memorise random labels against networks that generalise (left open by the authors)",
  harder: "deeper networks on harder data: 5 × 5 MNIST and 8 × 8 digits of ten classes (left open by the authors)",
  recurrent: "EI from state to state and from input to state in trained Elman and GRU cells (left open by the authors)",
  ablation: "which neurons a classifier can lose: information-ordered cumulative ablation, whole network and per layer",
  "information-plane":
    "I(X; L) and I(Y; L) of every layer through training, on the data of Shwartz-Ziv & Tishby: does it compress?",
  generalization: "bounds on the generalization gap by information, beside the gap: which of them say anything?",
} as const;
