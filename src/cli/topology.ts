/** `causalscope topology FILE`: the layers of a network file, and what measures assume of them. */
import type { Command } from "commander";
import type { Range } from "../information/bins.ts";
import { type Topology, topologyOf } from "../network/topology.ts";
import type { Io } from "./io.ts";
import { jsonText } from "./json-text.ts";
import { readNetwork } from "./network-file.ts";
import { rangeOption } from "./options.ts";
import { table } from "./table.ts";

interface TopologyFlags {
  readonly inputRange?: Range;
  readonly json?: boolean;
}

export function topologyCommand(root: Command, io: Io, version: string): void {
  root
    .command("topology")
    .argument("<file>", "a network in Causalscope's JSON format; - reads standard input")
    .summary("list the layers of a network file")
    .description("Lists the layers of a network file: sizes, activations, and the ranges that measures assume.")
    .option("--input-range <low,high>", "range of the network's inputs; else the file's, else -10,10", (text) =>
      rangeOption(text, "--input-range"),
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ causalscope topology network.json")
    .action(async (file: string, { inputRange, json }: TopologyFlags) => {
      const { who, network } = await readNetwork(file, io);
      const topology = topologyOf(network, { inputRange });
      io.stdout.write(json === true ? topologyJson(topology, who, version) : topologyTable(topology));
    });
}

function topologyJson({ nodes, edges }: Topology, file: string, version: string): string {
  const layers = nodes.map((node) => ({ ...node, inputActivation: node.inputActivation ?? null }));
  return jsonText({ nodes: layers, edges, provenance: { tool: "causalscope", version, file } });
}

function topologyTable({ nodes }: Topology): string {
  const columns = [
    { title: "", align: "right" },
    { title: "layer", align: "left" },
    { title: "size", align: "left" },
    { title: "before", align: "left" },
    { title: "activation", align: "left" },
    { title: "parameters", align: "right" },
    { title: "input range", align: "left" },
    { title: "output range", align: "left" },
    { title: "pairs", align: "left" },
  ] as const;
  const rows = nodes.map((node) => [
    `${node.index}`,
    node.name,
    `${node.inputs} → ${node.outputs}`,
    node.inputActivation ?? "(inputs)",
    node.activation,
    `${node.parameters}`,
    `[${node.inputRange.join(", ")}]`,
    `[${node.outputRange.join(", ")}]`,
    node.engine === "exact" ? "exact" : "sampled",
  ]);
  const parameters = nodes.reduce((sum, node) => sum + node.parameters, 0);
  return `${table(columns, rows)}
${parameters} parameters in all. before: the activation that made a layer's inputs.
Ranges are those that measures assume; pairs: how EI_parts and sensitivity are found.
`;
}
