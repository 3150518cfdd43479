/** One line above the plane: what is pinned or pointed at, with its numbers and their errors; or what went wrong. */
import { layerLabel } from "@causalscope/report/views";
import { useSignal } from "@preact/signals";
import { network } from "../state/network.ts";
import { failure, head, isRough, measuresAt, replaceRows, status, version } from "../state/run.ts";
import { begin, change, engine, problems, waiting } from "../state/session.ts";
import * as view from "../state/view.ts";
import { costText } from "./Status.tsx";
import { signed, valueText } from "./values.ts";

export function Readout() {
  void version.value;
  const state = view.state.value;
  const asked = head.value;
  if (failure.value !== undefined) return <Failed />;
  if (problems.value.length > 0)
    return (
      <p class="readout error" role="status">
        <span class="actions">
          <button
            type="button"
            onClick={() => {
              problems.value = [];
            }}
          >
            Close
          </button>
        </span>
        The link was not read whole. {problems.value.join(" ")}
      </p>
    );
  if (waiting.value !== undefined) return <Waiting />;
  const unit =
    state?.hovered?.kind === "unit" ? state.hovered : state?.pinned?.kind === "unit" ? state.pinned : undefined;
  if (unit !== undefined && unit.layer >= 0 && state?.hovered?.kind !== "layer")
    return <Unit layer={unit.layer} unit={unit.unit} />;
  const remarks = asked?.remarks ?? [];
  const picked =
    state?.hovered?.kind === "layer" ? state.hovered : state?.pinned?.kind === "layer" ? state.pinned : undefined;
  if (state === undefined || asked === undefined)
    return <p class="readout muted">Point at a layer, a wire or a curve for its numbers.</p>;
  if (picked === undefined)
    return (
      <p class="readout muted">
        {remarks.length > 0 ? `${remarks.join(" ")} ` : "Point at a layer for its numbers; click to pin it. "}
        Epoch {view.epoch.value.toLocaleString("en")}.
      </p>
    );
  const seed = asked.seeds[picked.seed]!;
  const measures = measuresAt(seed, view.epoch.value, picked.layer);
  const ei = measures.get("ei");
  const { pinned, hovered } = state;
  const isPinned =
    pinned?.kind === "layer" &&
    (hovered === undefined ||
      (hovered.kind === "layer" && hovered.layer === pinned.layer && hovered.seed === pinned.seed));
  return (
    <p class={`readout c${picked.layer % 7}`}>
      {isPinned && (
        <span class="actions">
          <Refine seed={seed} />
          <Unpin />
        </span>
      )}
      {layerLabel(asked.layers[picked.layer]!)} · seed {seed} · EI <strong>{valueText(ei)}</strong> bit
      {ei !== undefined && ei.samples > 0 ? ` (N = ${ei.samples.toLocaleString("en")})` : ""} · sensitivity{" "}
      {valueText(measures.get("sensitivity"))} · degeneracy {valueText(measures.get("degeneracy"))} · φ{" "}
      {valueText(measures.get("phi"))}
      {isRough({ seed, epoch: view.epoch.value })
        ? ` · ${status.value === "training" ? "so far" : "stopped there"}`
        : ""}
      {isPinned ? " · pinned" : ""}
      {ei?.warnings ? <small class="muted"> · {ei.warnings}</small> : null}
    </p>
  );
}

/** A unit: what its wires bring it. */
function Unit({ layer, unit }: { layer: number; unit: number }) {
  const at = network.value;
  const found = at?.layers[layer];
  if (at === undefined || found === undefined) return <p class="readout muted">…</p>;
  const { inputs, bias } = found;
  const sum = (all: Float64Array) =>
    all.subarray(unit * inputs, (unit + 1) * inputs).reduce((total, each) => total + each, 0);
  const isPinned = view.state.value?.pinned?.kind === "unit";
  return (
    <p class={`readout c${layer % 7}`}>
      {isPinned && (
        <span class="actions">
          <Unpin />
        </span>
      )}
      unit {unit + 1} of layer {layer + 1}, epoch {at.epoch.toLocaleString("en")} · sensitivity of its {inputs} wires{" "}
      <strong>{sum(at.sensitivity[layer]!).toFixed(3)}</strong> bit exact · EI_parts{" "}
      <strong>{sum(at.eiParts[layer]!).toFixed(3)}</strong> bit exact
      {bias === undefined ? "" : ` · bias ${signed(bias[unit]!.toFixed(3))}`}
    </p>
  );
}

function Unpin() {
  return (
    <button type="button" aria-label="Unpin" title="Unpin (Esc)" onClick={() => view.pin(undefined)}>
      ×
    </button>
  );
}

/** Measures the epoch that is shown again, to a quarter of the error that it has. */
function Refine({ seed }: { seed: number }) {
  const busy = useSignal(false);
  const { tolerance } = (head.value?.options ?? {}) as { readonly tolerance?: number };
  if (tolerance === undefined || status.value === "training") return null;
  const errors = (head.value?.layers ?? []).map(
    (_, layer) => measuresAt(seed, view.epoch.value, layer).get("ei")?.standardError ?? 0,
  );
  const worst = Math.max(...errors);
  if (worst === 0) return null;
  const goal = Math.min(tolerance, worst) / 4;
  return (
    <button
      type="button"
      disabled={busy.value}
      title="Measure this epoch again with a quarter of the error; the run itself stays as it is"
      onClick={async () => {
        busy.value = true;
        try {
          const place = { seed, epoch: view.epoch.value };
          // Each answer is drawn: one sees the error shrink.
          const { answer } = engine().inquire({ of: "refine", ...place, tolerance: goal }, replaceRows);
          replaceRows(await answer);
        } catch (error) {
          problems.value = [error instanceof Error ? error.message : String(error)];
        } finally {
          busy.value = false;
        }
      }}
    >
      {busy.value ? "measuring …" : `refine to ± ${Number(goal.toPrecision(2))}`}
    </button>
  );
}

/** A link can ask for hours: it says so first. */
function Waiting() {
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

function Failed() {
  const { name = "", message = "" } = failure.value ?? {};
  const diverged = name === "DivergedError";
  return (
    <p class="readout error" role="alert">
      <span class="actions">
        {diverged && <LowerRate />}
        <button type="button" onClick={() => navigator.clipboard?.writeText(message)}>
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
