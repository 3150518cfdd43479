/** The evidence for a wire: its response, its joint distribution, and what another weight would do. */
import { type EdgePicture, edgeView } from "@causalscope/report/views";
import type { EdgeAt, Wires } from "../engine/protocol.ts";
import { edge, edgeProblem, network, wire } from "../state/network.ts";
import { wireTable } from "../state/tables.ts";
import * as view from "../state/view.ts";
import { Drawing } from "./Drawing.tsx";
import { Unpin } from "./Unpin.tsx";
import { signed, valueText } from "./values.ts";
import { WeightWhatIf } from "./WhatIf.tsx";

export function Evidence() {
  const picked = wire.value;
  if (picked === undefined) return null;
  const at = edge.value;
  // A layer that is known by its values alone has no exact law of one wire.
  const sampled = at === undefined && edgeProblem.value !== undefined ? sampledWire(picked) : undefined;
  const known = at ?? sampled;
  return (
    <section class="card" aria-label="Evidence for the wire">
      <div class="bar">
        <h3>
          L{picked.layer + 1}: {picked.from + 1} → {picked.to + 1}
        </h3>
        <span class="muted num">{known === undefined ? "…" : `weight ${signed(known.weight.toFixed(3))}`}</span>
        <span class="grow" />
        {view.state.value?.pinned?.kind === "wire" && <Unpin />}
      </div>
      <Drawing
        className="edge-host"
        hidden={sampled !== undefined}
        make={(host, picture: EdgePicture) => edgeView(host, { picture, height: 165 })}
        picture={() => edge.value && edgePicture(edge.value)}
        exported={{ name: "wire", title: "Evidence of the wire", table: () => wireTable(edge.peek()) }}
      />
      {sampled !== undefined && (
        <p class="small">
          The {sampled.activation} of this layer mixes all its units: one wire has no law of its own that could be
          computed exactly. From samples: sensitivity {valueText(sampled.sensitivity)} bit, EI_parts{" "}
          {valueText(sampled.eiParts)} bit.
        </p>
      )}
      {at !== undefined && (
        <p class="bar num">
          <span>
            sensitivity <strong>{at.sensitivity.toFixed(3)}</strong> bit exact
          </span>
          <span class="grow" />
          <span>
            EI_parts <strong>{at.eiParts.toFixed(4)}</strong> bit exact
          </span>
        </p>
      )}
      {known !== undefined && <WeightWhatIf at={known} />}
    </section>
  );
}

const valueAt = ({ bits, errors }: Wires, k: number) => ({ bits: bits[k]!, standardError: errors[k]! });

/** What the drawing of the network knows of a wire. */
function sampledWire({ layer, from: input, to: output }: NonNullable<typeof wire.value>) {
  const at = network.value;
  const found = at?.layers[layer];
  if (at === undefined || found === undefined) return undefined;
  const k = output * found.inputs + input;
  return {
    ...{ layer, input, output, activation: found.activation, weight: found.weights[k]! },
    sensitivity: valueAt(at.sensitivity[layer]!, k),
    eiParts: valueAt(at.eiParts[layer]!, k),
  };
}

function edgePicture({ layer, inputRange, outputRange, response, joint, shape }: EdgeAt): EdgePicture {
  return {
    layer,
    inputRange,
    outputRange,
    response: { inputs: response.x, outputs: response.y },
    held: "others at 0",
    joint: Array.from({ length: shape[0] }, (_, i) => joint.subarray(i * shape[1], (i + 1) * shape[1])),
    noise: "all in noise",
  };
}
