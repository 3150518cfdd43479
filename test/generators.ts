/** Generators of mechanisms for property tests. */
import fc from "fast-check";

export const activation = fc.constantFrom("sigmoid", "tanh", "relu", "identity");
export const activationNames = [
  "sigmoid",
  "tanh",
  "relu",
  "identity",
  "leaky-relu",
  "elu",
  "selu",
  "softplus",
  "hard-sigmoid",
  "hard-tanh",
  "gelu",
  "silu",
] as const;
export const anyActivation = fc.constantFrom(...activationNames);
const weight = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -6, max: 6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1e-12, -1e-7, 1e-3, 50, 1e3) },
);

/** Specs of dense layers: at most 7 inputs and 4 outputs, weights of every size, with or without bias. */
export function layers(activations: fc.Arbitrary<"sigmoid" | "tanh" | "relu" | "identity"> = activation) {
  return fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4 })).chain(([n, m]) =>
    fc.record({
      weights: fc.array(fc.array(weight, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
      bias: fc.option(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: m, maxLength: m })),
      activation: activations,
      inputRange: fc.constantFrom([0, 1] as const, [-1, 1] as const, [0, 10] as const, [-5, -2] as const),
    }),
  );
}

export const bins = fc.record({ input: fc.integer({ min: 2, max: 20 }), output: fc.integer({ min: 2, max: 20 }) });
export const options = fc.record({ bins, outside: fc.constantFrom("drop", "clamp") });
