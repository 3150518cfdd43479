// What the sections of `npm run accuracy` share: a layer to measure, and values and tables in Markdown.
import { createNetwork, dense } from "@causalscope/core";

export const unit = [0, 1];

/** A layer with the paper's initial weights U(±1/√n), times `scale`; sigmoid unless said otherwise. */
export function layer(inputs, outputs, { scale = 1, seed = 1, activation = "sigmoid", bias = false, ...more } = {}) {
  const [made] = createNetwork({ layers: [inputs, outputs], activation, bias, seed }).chain.layers;
  const weights = { data: made.weights.map((w) => w * scale), shape: [outputs, inputs] };
  return dense({ weights, bias: made.bias?.map((b) => b * scale), activation, inputRange: unit, ...more });
}

export function markdown(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export const found = (estimate, digits = 4) =>
  estimate.standardError === 0
    ? `${estimate.bits.toFixed(6)} (exact)`
    : `${estimate.bits.toFixed(digits)} ± ${estimate.standardError.toFixed(digits)}`;

/** How many standard errors two values are apart. */
export const apart = (estimate, truth, error = 0) => {
  const scale = Math.hypot(estimate.standardError, error);
  return scale === 0 ? Math.abs(estimate.bits - truth).toExponential(1) : ((estimate.bits - truth) / scale).toFixed(1);
};

/** Mean and standard deviation of values, and how many of these deviations a published value is from the mean. */
export function spread(values, published) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return [
    published.toFixed(3),
    `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`,
    ((published - mean) / deviation).toFixed(1),
  ];
}
