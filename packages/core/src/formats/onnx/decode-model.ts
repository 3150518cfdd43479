/** An ONNX file's protocol buffer, and whether it is one that can be read. */

import { fromBinary } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "onnx-buf";
import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";

/** Versions of the operators of the default domain that are known. */
export const OLDEST_OPSET = 7;
export const NEWEST_OPSET = 25;

export interface DecodedModel {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  readonly opset: number;
}

/**
 * Weights stay views of the bytes.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for bytes that are no protocol buffer of a model, one without a graph, and versions of the operators that are not known.
 */
export function decodeOnnx(bytes: Uint8Array, who: string): DecodedModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const remedy = "The file is truncated or damaged, or is not an ONNX file.";
    throw new FormatError(
      { who, expected: "an ONNX model", got: `a file that cannot be decoded (${said})`, remedy },
      { cause },
    );
  }
  const { graph } = model;
  checkFile(graph !== undefined && graph.node.length > 0, () => ({
    who,
    expected: "an ONNX model with a graph of nodes",
    got: graph === undefined ? "none" : "no node",
  }));
  const opset = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  checkFile(opset !== undefined && opset >= BigInt(OLDEST_OPSET) && opset <= BigInt(NEWEST_OPSET), () => ({
    who: `${who}: opset_import`,
    expected: `operators of ONNX opset ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
    got: opset === undefined ? "none" : `opset ${opset}`,
    remedy: "Export the model with one of these opsets.",
  }));
  return { model, graph, opset: Number(opset) };
}
