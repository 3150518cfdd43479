/**
 * The rooms of the house: what stands in each, and on which floor. An import may go to the same room or to a lower floor, and from a package
 * to those that it depends on. The architecture test holds it so; the map in CONTRIBUTING.md is made of it.
 */

/** @type {readonly { name: string, uses: readonly string[], about: string, rooms?: readonly { room: string, floor: number, about: string }[] }[]} */
export const house = [
  {
    name: "core",
    uses: [],
    about: "the library: bytes in, a network out; what is measured of it",
    rooms: [
      { room: "checks", floor: 0, about: "errors in four parts; whether arguments are what they should be" },
      { room: "vendored", floor: 0, about: "small parts of other packages, bundled with their licences" },
      {
        room: "information",
        floor: 1,
        about: "bins, counts, entropies, estimates, random numbers, elementary functions",
      },
      { room: "settings", floor: 2, about: "Settings, which change a number, and Work, which must not" },
      { room: "datasets", floor: 2, about: "data sets and their readers" },
      {
        room: "kernels",
        floor: 2,
        about: "the loops that take the time, compiled from `assembly/` and in plain TypeScript",
      },
      {
        room: "model",
        floor: 3,
        about: "Model: a graph of operations and its layers; activations; Mechanism, the thing measured",
      },
      {
        room: "estimators",
        floor: 4,
        about:
          "how a mechanism's information is found: exact, counting, likelihood, plug-in; `joint.ts` and `pairwise.ts` choose",
      },
      { room: "training", floor: 4, about: "networks that learn" },
      { room: "formats", floor: 4, about: "bytes in, Model out: ONNX, TensorFlow.js, safetensors, JSON" },
      {
        room: "measures",
        floor: 5,
        about: "what do() tells: EI, EI_parts, sensitivity, degeneracy, φ, causal plane; `measure()`",
      },
      { room: "observational", floor: 5, about: "what data tell: information plane, neuron information, bounds" },
      { room: "ablation", floor: 6, about: "what breaks when units are removed" },
      { room: "cost", floor: 7, about: "how long a measurement will take" },
      {
        room: "runtime",
        floor: 7,
        about: "onnxruntime, loaded when it is first needed: parts of ONNX models as mechanisms",
      },
      { room: "pools", floor: 7, about: "worker threads of Node and Web Workers" },
    ],
  },
  { name: "runs", uses: ["core"], about: "a run folder: what was asked, what came out, resumable" },
  { name: "report", uses: ["core", "runs"], about: "figures, pages and films" },
  {
    name: "studies",
    uses: ["core", "runs", "report"],
    about: "the papers' experiments and our questions, a folder each",
  },
  {
    name: "cli",
    uses: ["core", "runs", "report", "studies"],
    about: "the command `causalscope`: one file per command, which parses, calls and prints",
  },
];
