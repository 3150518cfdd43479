/** The commands: what a listing shows of each, and where the rest is. */
import type { CommandEntry } from "./add-commands.ts";

export const commands: readonly CommandEntry[] = [
  {
    name: "study",
    usage: "<name>",
    summary: "run an experiment into a folder, with figures and a report",
    load: async () => (await import("./study.ts")).studyCommand,
  },
  {
    name: "app",
    summary: "open the browser app: watch a network learn, open runs",
    load: async () => (await import("./app.ts")).appCommand,
  },
  {
    name: "studies",
    summary: "list the studies and their estimated times",
    load: async () => (await import("./studies.ts")).studiesCommand,
  },
  {
    name: "reproduce",
    summary: "run all studies of the paper, draw its figures, and check its claims",
    load: async () => (await import("./reproduce.ts")).reproduceCommand,
  },
  {
    name: "report",
    usage: "<run>",
    summary: "rebuild the page and figures of a run",
    load: async () => (await import("./report.ts")).reportCommand,
  },
  {
    name: "figures",
    usage: "[runs...]",
    summary: "draw the figures of runs",
    load: async () => (await import("./figures.ts")).figuresCommand,
  },
  {
    name: "film",
    usage: "<run>",
    summary: "render a training run as a film: the causal plane, loss and EI over the epochs",
    load: async () => (await import("./film.ts")).filmCommand,
  },
  {
    name: "export",
    usage: "<run>",
    summary: "write the rows of a run as CSV, Parquet, JSON or NDJSON",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "compare",
    usage: "<runs...>",
    summary: "compare two or more runs",
    load: async () => (await import("./compare.ts")).compareCommand,
  },
  {
    name: "measure",
    usage: "<model...>",
    summary: "measure every layer of a model file",
    load: async () => (await import("./measure.ts")).measureCommand,
  },
  {
    name: "show",
    alias: "topology",
    usage: "<model>",
    summary: "list the layers of a model file",
    load: async () => (await import("./show.ts")).showCommand,
  },
  {
    name: "convert",
    usage: "<model>",
    summary: "write a model as JSON or safetensors",
    load: async () => (await import("./convert.ts")).convertCommand,
  },
  {
    name: "neurons",
    usage: "<model>",
    summary: "measure what single neurons know about the labels",
    load: async () => (await import("./neurons.ts")).neuronsCommand,
  },
  {
    name: "ablate",
    usage: "<model>",
    summary: "measure what a model loses without some of its neurons",
    load: async () => (await import("./ablate.ts")).ablateCommand,
  },
  {
    name: "mi",
    usage: "<file>",
    summary: "estimate the mutual information of columns of a table",
    load: async () => (await import("./mi.ts")).miCommand,
  },
  {
    name: "completion",
    usage: "<shell>",
    summary: "print a completion script for bash, zsh or fish",
    load: async () => (await import("./completion.ts")).completionCommand,
  },
];
