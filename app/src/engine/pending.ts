// TEMPORARY stand-ins until the core has them.
export const edgeEvidence = async (
  ..._: unknown[]
): Promise<{
  joint: Float64Array;
  bins: { input: number; output: number };
  curve: { x: Float64Array; y: Float64Array };
  inputRange: [number, number];
  outputRange: [number, number];
  eiParts: number;
  sensitivity: number;
}> => {
  throw new Error("not yet");
};
export const withActivation = (..._: unknown[]): never => {
  throw new Error("not yet");
};
export const withWeights = (..._: unknown[]): never => {
  throw new Error("not yet");
};
