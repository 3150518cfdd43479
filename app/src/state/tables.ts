/** The rows behind what is drawn, for export. */
import type { Table } from "@causalscope/report/views";
import type { Answers, EdgeAt, Examples, NetworkAt, SurfaceAt } from "../engine/protocol.ts";

/** A row for each wire. */
export function wiresTable(at: NetworkAt | undefined): Table {
  const columns = [
    "seed",
    "epoch",
    "layer",
    "input",
    "output",
    "weight",
    "sensitivity",
    "sensitivityStandardError",
    "eiParts",
    "eiPartsStandardError",
  ];
  const rows = (at?.layers ?? []).flatMap(({ inputs, outputs, weights }, l) =>
    Array.from({ length: inputs * outputs }, (_, k) => {
      const place = [at!.seed, at!.epoch, l + 1, (k % inputs) + 1, Math.floor(k / inputs) + 1];
      const values = [at!.sensitivity[l]!, at!.eiParts[l]!].flatMap(({ bits, errors }) => [bits[k]!, errors[k]!]);
      return [...place, weights[k]!, ...values];
    }),
  );
  return { columns, rows };
}

/** What the picture of a wire shows: a row for each pair of bins of its joint distribution, and for each point of its response. */
export function wireTable(at: EdgeAt | undefined): Table {
  const place = ["seed", "epoch", "layer", "input", "output"];
  const columns = [...place, "part", "inputBin", "outputBin", "probability", "inputValue", "outputValue"];
  if (at === undefined) return { columns, rows: [] };
  const { seed, epoch, layer, input, output, joint, shape, response } = at;
  const of = [seed, epoch, layer + 1, input + 1, output + 1];
  const ofJoint = Array.from(joint, (probability, k) => {
    return [...of, "joint", Math.floor(k / shape[1]), k % shape[1], probability, null, null];
  });
  const ofResponse = Array.from(response.x, (x, k) => [...of, "response", null, null, null, x, response.y[k]!]);
  return { columns, rows: [...ofJoint, ...ofResponse] };
}

/** All examples, and what the network answers over the plane of two features where it is shown. */
export function examplesTable(given: Answers["examples"] | undefined, at: SurfaceAt | undefined): Table {
  const outputs = at?.units.at(-1) ?? [];
  const columns = [
    ...["part", ...Array.from({ length: given?.train.columns ?? 0 }, (_, k) => `x${k + 1}`), "label"],
    ...outputs.map((_, unit) => `answer${unit + 1}`),
  ];
  const rowsOf = (part: string, { inputs, labels, rows, columns }: Examples) =>
    Array.from({ length: rows }, (_, row) => {
      const features = inputs.subarray(row * columns, (row + 1) * columns);
      return [part, ...features, labels[row]!, ...outputs.map(() => null)];
    });
  const answers = Array.from({ length: at === undefined ? 0 : at.size ** 2 }, (_, k) => {
    const { size, range } = at!;
    const [x, y] = [k % size, Math.floor(k / size)].map((n) => range[0] + ((n + 0.5) / size) * (range[1] - range[0]));
    return ["answer", x!, y!, null, ...outputs.map((values) => values[k]!)];
  });
  const rows = given === undefined ? [] : [...rowsOf("training", given.train), ...rowsOf("test", given.test)];
  return { columns, rows: [...rows, ...answers] };
}
