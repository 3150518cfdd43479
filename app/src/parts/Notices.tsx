/** What the readout says where it is not a layer's numbers: what went wrong, what is waited for, what a unit does. */
import type { Wires } from "../engine/protocol.ts";
import { lacks, problem } from "../state/data.ts";
import { changeTable } from "../state/given-data.ts";
import { actions } from "../state/keys.ts";
import { network } from "../state/network.ts";
import { failure, head, status } from "../state/run.ts";
import { copyText } from "../state/said.ts";
import { begin, change, waiting } from "../state/session.ts";
import * as view from "../state/view.ts";
import { costText } from "./Status.tsx";
import { Unpin } from "./Unpin.tsx";
import { signed, valueText } from "./values.ts";

/** What the page needs of the user's data, or what is wrong with them. */
export function DataNotice() {
  const wrong = problem.value;
  const files = lacks.value;
  return (
    <p class="readout error" role="alert">
      <span class="actions">
        {files.length > 0 && (
          <button type="button" onClick={() => actions.open()}>
            Choose …
          </button>
        )}
        {wrong?.table !== undefined && /missing value/.test(wrong.message) && (
          <button type="button" onClick={() => changeTable({ missing: "drop-rows" })}>
            Drop these rows
          </button>
        )}
        {wrong !== undefined && (
          <button
            type="button"
            onClick={() => {
              problem.value = undefined;
            }}
          >
            Close
          </button>
        )}
      </span>
      {wrong?.message}
      {wrong !== undefined && files.length > 0 && " "}
      {files.length > 0 && (
        <>
          This question needs{" "}
          {files.map(({ name, sha256 }, k) => (
            <>
              {k > 0 && " and "}
              <strong>{name}</strong>
              {sha256 !== undefined && <span title={sha256}> (SHA-256 {sha256.slice(0, 16)}…)</span>}
            </>
          ))}
          : drop {files.length > 1 ? "them" : "it"} here. Nothing is uploaded.
        </>
      )}
    </p>
  );
}

/** A unit: what its wires bring it. */
export function Unit({ layer, unit }: { layer: number; unit: number }) {
  const at = network.value;
  const found = at?.layers[layer];
  if (at === undefined || found === undefined) return <p class="readout muted">…</p>;
  const { inputs, bias } = found;
  const sum = (all: Float64Array) =>
    all.subarray(unit * inputs, (unit + 1) * inputs).reduce((total, each) => total + each, 0);
  // Errors of wires that were sampled together are at most added up.
  const value = ({ bits, errors }: Wires) => valueText({ bits: sum(bits), standardError: sum(errors) });
  const isPinned = view.state.value?.pinned?.kind === "unit";
  return (
    <p class={`readout c${layer % 7}`}>
      {isPinned && (
        <span class="actions">
          <Unpin />
        </span>
      )}
      unit {unit + 1} of layer {layer + 1}, epoch {at.epoch.toLocaleString("en")} · sensitivity of its {inputs} wires{" "}
      <strong>{value(at.sensitivity[layer]!)}</strong> bit · EI_parts <strong>{value(at.eiParts[layer]!)}</strong> bit
      {bias === undefined ? "" : ` · bias ${signed(bias[unit]!.toFixed(3))}`}
    </p>
  );
}

/** A link can ask for hours: it says so first. */
export function Waiting() {
  const { seconds = [0, 0], checkpoints = 0 } = waiting.value ?? {};
  return (
    <p class="readout" role="status">
      <span class="actions">
        <button type="button" class="primary" onClick={begin}>
          Train
        </button>
      </span>
      This link asks for ≈ {costText(seconds)} of computing on this machine, with {checkpoints.toLocaleString("en")}{" "}
      checkpoints to measure. It has not been started.
    </p>
  );
}

export function Failed() {
  const { name = "", message = "" } = failure.value ?? {};
  const diverged = name === "DivergedError";
  return (
    <p class="readout error" role="alert">
      <span class="actions">
        {diverged && <LowerRate />}
        <button type="button" onClick={() => copyText(message)}>
          Copy
        </button>
        {status.value !== "failed" && (
          <button
            type="button"
            onClick={() => {
              failure.value = undefined;
            }}
          >
            Close
          </button>
        )}
      </span>
      {message}
      {status.value === "failed" ? "" : " What is shown stays as it is."}
      {diverged && " What came before is kept."}
    </p>
  );
}

/** What a network that diverged needs most often. */
function LowerRate() {
  const rate = head.value?.options.learningRate;
  if (typeof rate !== "number") return null;
  const lower = Number((rate / 4).toPrecision(2));
  return (
    <button
      type="button"
      onClick={() => {
        change("learningRate", lower);
        begin();
      }}
    >
      train again with rate {lower}
    </button>
  );
}
