// TEMPORARY stand-ins until the core has them.
export const withActivation = (..._: unknown[]): never => {
  throw new Error("not yet");
};
export const withWeights = (..._: unknown[]): never => {
  throw new Error("not yet");
};
