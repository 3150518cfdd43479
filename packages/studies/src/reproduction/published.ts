/**
 * Values that the authors published with their code: stored results and notebook outputs of the reference implementation deep-ei, in
 * bits, and ranges read from the figures of the paper. They are what the reproduction page compares with.
 */

/** EI of one connection by weight, plug-in with 30,000 samples, and the greatest value with its weight. */
export const PUBLISHED_EDGE = [
  { activation: "sigmoid", bins: 8, at: { 1: 0.945, 2: 1.44, 5: 1.326, 10: 0.71, 20: 0.369 }, most: [1.755, 2.2] },
  { activation: "sigmoid", bins: 16, at: { 1: 1.884, 2: 2.404, 5: 2.058, 10: 1.224, 20: 0.659 }, most: [2.611, 3.1] },
  { activation: "sigmoid", bins: 32, at: { 1: 2.848, 2: 3.412, 5: 3.075, 10: 1.848, 20: 0.983 }, most: [3.481, 3] },
  { activation: "sigmoid", bins: 64, at: { 1: 3.778, 2: 4.383, 5: 4.075, 10: 2.511, 20: 1.392 }, most: [4.435, 2.4] },
  { activation: "tanh", bins: 8, at: { 1: 2.349, 2: 2.32, 5: 1.525, 10: 1.223, 20: 1.103 }, most: [2.545, 1.3] },
  { activation: "tanh", bins: 16, at: { 1: 3.249, 2: 3.135, 5: 2.017, 10: 1.536, 20: 1.239 }, most: [3.428, 1.55] },
  { activation: "tanh", bins: 32, at: { 1: 4.157, 2: 4.096, 5: 2.579, 10: 1.853, 20: 1.416 }, most: [4.257, 1.05] },
  { activation: "tanh", bins: 64, at: { 1: 5.201, 2: 4.882, 5: 3.283, 10: 2.217, 20: 1.63 }, most: [5.201, 1] },
  { activation: "relu", bins: 8, at: { 1: 3, 2: 2, 5: 0.95, 10: 0, 20: 0 }, most: [3, 1] },
  { activation: "relu", bins: 64, at: { 1: 5.999, 2: 4.999, 5: 3.697, 10: 2.758, 20: 1.81 }, most: [5.999, 1] },
] as const;

/** EI (100,000 samples) and EI_parts (30,000) of two inputs into one output at 64 bins, by the two weights. */
export const PUBLISHED_SURFACE = [
  { activation: "sigmoid", weights: [1, 1], ei: 4.141, eiParts: 1.358 },
  { activation: "sigmoid", weights: [2, 2], ei: 4.147, eiParts: 1.342 },
  { activation: "sigmoid", weights: [-2, 2], ei: 5.066, eiParts: 1.458 },
  { activation: "sigmoid", weights: [5, 5], ei: 2.026, eiParts: 0.842 },
  { activation: "sigmoid", weights: [-5, 5], ei: 5.215, eiParts: 1.486 },
  { activation: "sigmoid", weights: [5, 0], ei: 4.105, eiParts: 4.149 },
  { activation: "tanh", weights: [1, 1], ei: 5.285, eiParts: 1.501 },
  { activation: "tanh", weights: [2, 2], ei: 4.643, eiParts: 1.385 },
  { activation: "tanh", weights: [5, 5], ei: 3.02, eiParts: 1.074 },
  { activation: "relu", weights: [1, 1], ei: 4.765, eiParts: 1.059 },
  { activation: "relu", weights: [-2, 2], ei: 2.746, eiParts: 0.762 },
  { activation: "relu", weights: [5, 5], ei: 2.981, eiParts: 1.882 },
  { activation: "relu", weights: [-5, -5], ei: 0, eiParts: 0 },
] as const;

/** EI of layers of 2 to 6 units at 8 bins by the plug-in, by scale of the weights and samples; the weights were not stored. */
export const PUBLISHED_CONVERGENCE = [
  { scale: 1, samples: 1e3, ei: [1.1561, 2.2947, 2.3033, 3.9656, 4.094] },
  { scale: 1, samples: 1e5, ei: [1.1031, 2.1256, 1.9931, 3.6618, 4.0774] },
  { scale: 1, samples: 1e7, ei: [1.1027, 2.1233, 1.9766, 3.4487, 3.6067] },
  { scale: 5, samples: 1e3, ei: [2.3694, 5.1802, 6.264, 8.0736, 8.6213] },
  { scale: 5, samples: 1e5, ei: [2.3228, 4.7173, 5.307, 7.6585, 9.2215] },
  { scale: 5, samples: 1e7, ei: [2.3228, 4.7048, 5.213, 6.9799, 7.8024] },
] as const;

/** Ranges at the end of training, read from figures 2 and 5, in bits, layer by layer where the figure tells them apart. */
export const PUBLISHED_ENDS = {
  mnist: {
    ei: [
      [4, 6],
      [8, 10.5],
      [6, 9],
      [4, 6],
    ],
    eiParts: [1.2, 5],
    phi: [2, 6.5],
  },
  iris: { ei: [3.2, 4.5], eiParts: [1.5, 5.3], phi: [-0.7, 2.5] },
} as const;

/** Accuracy on the authors' test images at the end, three runs of 25-6-6-6-5. */
export const PUBLISHED_ACCURACY = [0.9658, 0.9644, 0.9687] as const;
