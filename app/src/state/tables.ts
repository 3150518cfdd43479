/** The rows behind what is drawn, for export. */
import type { Table } from "@causalscope/report/views";
import type { Answers, EdgeAt, Examples, NetworkAt } from "../engine/protocol.ts";

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

/** The joint distribution of a wire's two units: a row for each pair of bins. */
export function jointTable(at: EdgeAt | undefined): Table {
  const columns = ["seed", "epoch", "layer", "input", "output", "inputBin", "outputBin", "probability"];
  if (at === undefined) return { columns, rows: [] };
  const { seed, epoch, layer, input, output, joint, shape } = at;
  const rows = Array.from(joint, (probability, k) => {
    const place = [seed, epoch, layer + 1, input + 1, output + 1];
    return [...place, Math.floor(k / shape[1]), k % shape[1], probability];
  });
  return { columns, rows };
}

/** All examples. */
export function examplesTable(given: Answers["examples"] | undefined): Table {
  const columns = ["part", ...Array.from({ length: given?.train.columns ?? 0 }, (_, k) => `x${k + 1}`), "label"];
  const rowsOf = (part: string, { inputs, labels, rows, columns }: Examples) =>
    Array.from({ length: rows }, (_, row) => [
      part,
      ...inputs.subarray(row * columns, (row + 1) * columns),
      labels[row]!,
    ]);
  const rows = given === undefined ? [] : [...rowsOf("training", given.train), ...rowsOf("test", given.test)];
  return { columns, rows };
}
