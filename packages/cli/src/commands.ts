/** The commands: what a listing shows of each, and where the rest is. */
import type { CommandEntry } from "./add-commands.ts";

export const commands: readonly CommandEntry[] = [
  {
    name: "study",
    usage: "[name]",
    summary: "run an experiment into a folder, with figures and a report",
    load: async () => (await import("./study.ts")).studyCommand,
  },
  {
    name: "studies",
    summary: "list the studies, with what they take",
    load: async () => (await import("./studies.ts")).studiesCommand,
  },
  {
    name: "reproduce",
    usage: "[options]",
    summary: "all studies and figures of the paper, and a page that says what holds",
    load: async () => (await import("./reproduce.ts")).reproduceCommand,
  },
  {
    name: "figures",
    usage: "[options] [runs...]",
    summary: "the paper's figures and those of other studies, from run folders",
    load: async () => (await import("./figures.ts")).figuresCommand,
  },
  {
    name: "film",
    usage: "[options] <run>",
    summary: "a training run as a film: the causal plane, loss and EI through the epochs",
    load: async () => (await import("./film.ts")).filmCommand,
  },
  {
    name: "export",
    usage: "[options] <run>",
    summary: "a run's rows as CSV, Parquet or JSON",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "compare",
    usage: "[options] <runs...>",
    summary: "two or more runs side by side",
    load: async () => (await import("./compare.ts")).compareCommand,
  },
  {
    name: "measure",
    usage: "[options] <model...>",
    summary: "measure every layer of a model file",
    load: async () => (await import("./measure.ts")).measureCommand,
  },
  {
    name: "show",
    alias: "topology",
    usage: "[options] <model>",
    summary: "list the layers of a model file",
    load: async () => (await import("./show.ts")).showCommand,
  },
  {
    name: "convert",
    usage: "[options] <model>",
    summary: "write a model as JSON or safetensors",
    load: async () => (await import("./convert.ts")).convertCommand,
  },
  {
    name: "neurons",
    usage: "[options] <model>",
    summary: "what single neurons know of the labels",
    load: async () => (await import("./neurons.ts")).neuronsCommand,
  },
  {
    name: "ablate",
    usage: "[options] <model>",
    summary: "what breaks without which neurons",
    load: async () => (await import("./ablate.ts")).ablateCommand,
  },
  {
    name: "mi",
    usage: "[options] <file>",
    summary: "what columns of a table tell of each other, by every estimator that fits",
    load: async () => (await import("./mi.ts")).miCommand,
  },
];
