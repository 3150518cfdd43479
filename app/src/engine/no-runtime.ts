/** In the place of onnxruntime-web, which only black boxes of ONNX models load. */
export const InferenceSession = undefined;
