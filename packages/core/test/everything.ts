/** All that the library exports, in one object: for tests that go through every function. */
export * from "../src/ablation.ts";
export * from "../src/datasets.ts";
export * from "../src/errors.ts";
export * from "../src/index.ts";
export * from "../src/information.ts";
export * from "../src/measures.ts";
export * from "../src/models.ts";
export * from "../src/neurons.ts";
export * from "../src/training.ts";
