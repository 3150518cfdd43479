/**
 * What is measured: `{ key, run(workers) → records, workers? }` by section. A case with `workers` is measured a second time by two workers, and has to give
 * the same values.
 */
import { json, measured, studyTables } from "./command.mjs";
import { byName } from "./functions.mjs";
import * as library from "./library.mjs";
import { STUDIES } from "./studies.mjs";
import { records, rowRecords } from "./values.mjs";

const words = (text) => text.split(" ").filter((word) => word !== "");

// --- measure: every model by every set of options

/** Of each model what its third set has besides: bins are averaged over places for dense layers alone. */
const MODELS = {
  "exact.json": "--offset averaged",
  "classifier.json": "--offset averaged",
  "graph.json": "--offset averaged",
  "wide.json": "--offset averaged",
  "dense.onnx": "--offset averaged",
  "convolution.onnx": "",
  "residual.onnx": "--offset averaged",
  "unsupported.onnx": "--offset averaged",
  "activations.onnx": "--offset averaged",
  "product.onnx": "",
  "tensors.safetensors": "--offset averaged",
  "keras/model.json": "--offset averaged",
};

const SETS = {
  plain: () => "--tolerance 0.05",
  clamped: () =>
    "--bins 6,16 --seed 7 --outside clamp --method plug-in --samples 20000 --rest middle --matrix --input-range -2,2",
  ranges: (more) =>
    `--bins 4 --method conditional --tolerance 0.1 --range 0,4 --input-range 0,3 --memory 200MB ${more}`,
};

/** Measured by two workers as well. */
const BY_TWO = new Set(["graph.json", "dense.onnx", "product.onnx", "wide.json"]);

const VIEWS = {
  likelihood: "wide.json --method likelihood --tolerance 0.1 --layers wide --measures ei",
  groups: "classifier.json --groups 0,1>0;2,3>1,2 --tolerance 0.1 --layers 0,1",
  sweep: "classifier.json --sweep 2,4,8 --tolerance 0.1 --measures ei,eiParts,sensitivity",
  "several layers": "residual.onnx --from z1 --to z3 --tolerance 0.1",
  "range data": "classifier.json --range data --data inputs.csv --tolerance 0.1",
  quantiles: "classifier.json --range data --data inputs.csv --quantiles 0.05,0.95 --tolerance 0.1",
  "range auto": "activations.onnx --range auto --tolerance 0.1",
  "range of one": "dense.onnx --range z1=0,6 --output-range 0,2 --tolerance 0.1",
  tensors: "dense.onnx --from x --to h2 --input-range -1,1 --measures ei,eiParts --samples 5000 --bins 4",
};

const measuring = (key, args, workers) => ({
  key,
  workers,
  run: async (threads) => records(key, await measured([...args, "--workers", `${threads}`])),
});

function measure() {
  const cases = Object.entries(MODELS).flatMap(([model, more]) =>
    Object.entries(SETS).map(([name, options]) =>
      measuring(`${model}, ${name}`, [model, ...words(options(more))], BY_TWO.has(model)),
    ),
  );
  return [...cases, ...Object.entries(VIEWS).map(([name, args]) => measuring(name, words(args), name === "sweep"))];
}

const show = () =>
  Object.keys(MODELS).map((model) => ({ key: model, run: async () => records(model, await json("show", model)) }));

// --- one small run of each study

const BY_WORKERS = new Set(["iris", "edge", "ablation"]);

const studies = (scratch) =>
  Object.entries(STUDIES).map(([name, args]) => ({
    key: name,
    workers: BY_WORKERS.has(name),
    run: async (threads) => {
      const folder = `${scratch}/${name.replaceAll(/\W/g, "-")}-${threads}`;
      const tables = await studyTables(name.split(",")[0], [...words(args), "--workers", `${threads}`], folder);
      const found = new Map();
      for (const [table, rows] of Object.entries(tables)) rowRecords(`${name} | ${table}`, rows, found);
      return found;
    },
  }));

// --- neurons, ablate, mi

const NEURONS = {
  "classifier.json": "classifier.json --data examples.csv --bootstrap 20 --pairs 3",
  "classifier.json, shuffles":
    "classifier.json --data examples.csv --test-data more-examples.csv --quantizer equal-mass,4 --permutations 50 --bootstrap 0 --seed 3",
  threshold: "classifier.json --data examples.csv --quantizer threshold,0.2 --bootstrap 5",
  fixed: "classifier.json --data examples.csv --quantizer fixed,4,-1,1 --bootstrap 5 --seed 2",
  width: "classifier.json --data examples.csv --quantizer width,0.5 --bootstrap 0",
  unique: "graph.json --data triples.csv --quantizer unique --bootstrap 0",
  "gaps, pairs":
    "classifier.json --data gaps.csv --missing drop-rows --pairs 4 --permutations 20 --bootstrap 0 --seed 6",
  bytes: "classifier.json --data bytes.npy --labels labels.npy --divide 255 --bootstrap 0",
  "graph.json": "graph.json --data triples.csv --bootstrap 5 --pairs 2",
  "convolution.onnx, mean":
    "convolution.onnx --data images.csv --quantizer equal-mass,3 --bootstrap 0 --channels mean --permutations 10",
  "keras/model.json": "keras/model.json --data examples.csv --quantizer uniform,5 --bootstrap 10",
  "convolution.onnx": "convolution.onnx --data images.csv --bootstrap 10 --channels maximum",
};

const neurons = () =>
  Object.entries(NEURONS).map(([key, args]) => ({
    key,
    run: async () => records(key, await json("neurons", ...words(args))),
  }));

const ABLATE = {
  "classifier.json":
    "classifier.json --data examples.csv --test-data more-examples.csv --bootstrap 10 --repetitions 1 --points 4 --pairs 3",
  "classifier.json, mean":
    "classifier.json --data examples.csv --replacement mean --scope 1 --scores damage,entropy,kl-selectivity --bootstrap 0 --repetitions 1 --points 3 --seed 5",
  "convolution.onnx":
    "convolution.onnx --data images.csv --bootstrap 5 --repetitions 1 --points 2 --scores damage --replacement resample",
};

/** Every score that takes negative activations, every replacement and scope. */
const ALL_SCORES =
  "information,information8,information-share,information-rank,kl-selectivity,entropy,weight-spread,damage";
for (const [replacement, scope] of [
  ["zero", "network"],
  ["mean", "2"],
  ["median", "1"],
  ["mode", "2"],
  ["resample", "1"],
  ["0.5", "network"],
]) {
  const rest = "--bootstrap 3 --repetitions 1 --points 2 --seed 2 --quantizer uniform,3";
  const scores = replacement === "zero" ? ALL_SCORES : "damage";
  ABLATE[`${replacement}, ${scope}`] =
    `classifier.json --data examples.csv --replacement ${replacement} --scope ${scope} --scores ${scores} ${rest}`;
}
ABLATE["graph.json"] =
  "graph.json --data triples.csv --bootstrap 3 --repetitions 1 --points 2 --pairs 2 --scores information,damage";
ABLATE["keras/model.json"] =
  "keras/model.json --data gaps.csv --missing drop-rows --bootstrap 0 --repetitions 1 --points 2 --scores entropy,damage --replacement mean";

const ablate = () =>
  Object.entries(ABLATE).map(([key, args]) => ({
    key,
    run: async () => rowRecords(key, await json("ablate", ...words(args), "--quiet")),
  }));

const MI = {
  continuous: "table.csv --x a --y b --k 3 --neighbour-permutations 20 --permutations 50 --entropies",
  mixed: "table.csv --x a,b --y word --permutations 50 --noise 0.2",
  discrete: "table.csv --x count --y other --permutations 50 --entropies",
  tied: "table.csv --x tied --y b --discrete none --jitter 0.01 --scale minmax --seed 4 --permutations 50",
};

Object.assign(MI, {
  counts:
    "table.csv --x 4 --y 5-6 --discrete both --permutations 20 --method plug-in,miller-madow,grassberger,chao-shen,chao-wang-jost,zhang,jackknife,james-stein,nsb",
  neighbours:
    "table.csv --x 1 --y 2 --discrete none --scale none --jitter 0.0001 --k 5 --method ksg-1,ksg-2,gao --neighbour-permutations 10 --permutations 10 --seed 3",
  "half discrete":
    "table.csv --x word --y b --discrete x --bins 5 --method plug-in,ross,decoder --permutations 20 --neighbour-permutations 10 --seed 1",
  "discrete y":
    "table.csv --x a --y count --discrete y --k 3 --noise 0.1 --jitter 0.001 --seed 2 --permutations 10 --entropies",
  "two files": "examples.csv --x x1,x2 --y 4 --y-file examples.csv --permutations 10 --bins 3",
  gaps: "gaps.csv --missing drop-rows --x 1-2 --y label --permutations 20",
});

const mi = () =>
  Object.entries(MI).map(([key, args]) => ({ key, run: async () => records(key, await json("mi", ...words(args))) }));

// --- the library: the two ways to a network of dense layers

const MEASURED = {
  plain: { bins: 8, tolerance: 0.1, seed: 0 },
  clamped: { bins: { input: 4, output: 16 }, outside: "clamp", tolerance: 0.1, seed: 9 },
};
const SCORES = ["information", "entropy", "weight-spread", "damage"];
const ESTIMATORS = {
  bins: { kind: "bins", quantizer: { kind: "uniform", bins: 6 } },
  unique: { kind: "bins", quantizer: { kind: "unique" } },
  pairwise: { kind: "pairwise", variance: 0.1 },
  noisy: { kind: "noisy", beta: 0.1, seed: 2 },
  decoder: { kind: "decoder", seed: 2 },
};

async function knowledge(key, classifier, data, test, found) {
  records(`${key} | neurons`, await library.neuronInformation(classifier, data, { bootstrap: 10, seed: 1 }), found);
  const pairs = await library.neuronPairs(classifier, data, { layer: 0, units: [0, 1, 2] });
  records(`${key} | pairs`, pairs, found);
  const scores = await library.unitScores(classifier, data, SCORES, { seed: 1 });
  records(`${key} | scores`, scores, found);
  const shared = { seed: 3, replacement: "mean" };
  const places = [0, 1, 2].map((unit) => ({ layer: 0, unit }));
  const effects = { train: data, ...shared };
  records(`${key} | effects`, await library.unitEffects(classifier, test, places, effects), found);
  records(`${key} | pair effects`, await library.pairEffects(classifier, test, places, effects), found);
  for (const scope of ["network", 1]) {
    const options = { scope, scores, repetitions: 2, points: 4, randomPoints: 3, bootstrap: 4, ...shared };
    const result = await library.cumulativeAblation(classifier, data, test, options);
    records(`${key} | ablation, scope ${scope}`, result, found);
  }
}

/** Keys of the same thing differ in "network" and "graph" alone. */
function paths() {
  const cases = [];
  const [data, test] = ["examples.csv", "more-examples.csv"].map(library.examples);
  for (const [name, net] of Object.entries(library.networks())) {
    for (const [way, { layers, topology, classifier }] of Object.entries(library.ways)) {
      const key = `${name} | ${way}`;
      cases.push({
        key,
        run: async () => {
          const found = records(`${key} | topology`, topology(net));
          for (const [set, options] of Object.entries(MEASURED)) {
            records(`${key} | ${set}`, await layers(net, options), found);
          }
          if (name === "classifier.json") await knowledge(key, classifier(net), data, test, found);
          return found;
        },
      });
    }
  }
  const net = library.networks()["classifier.json"];
  for (const [name, estimator] of Object.entries(ESTIMATORS)) {
    const key = `information plane | ${name}`;
    cases.push({ key, run: async () => records(key, await library.layerInformation(net, data, estimator)) });
  }
  return cases;
}

// --- the library's functions, one by one

const functions = () =>
  Object.entries(byName).map(([key, run]) => ({ key, run: async () => records(key, await run()) }));

export const sections = { measure, show, studies, neurons, ablate, mi, paths, functions };
