/** The activations of the paper's figure 1, each with the range of its inputs and outputs there. */
export const PAPER_RANGES = { sigmoid: [0, 1], tanh: [-1, 1], relu: [0, 1] } as const;
export type PaperActivation = keyof typeof PAPER_RANGES;
export const PAPER_ACTIVATIONS = Object.keys(PAPER_RANGES) as PaperActivation[];
