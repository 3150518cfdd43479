/** One line above the plane: what is pinned or pointed at, with its numbers and their errors; or what went wrong. */
import { layerLabel } from "@causalscope/report/views";
import { hasNotice } from "../state/data.ts";
import { isExample } from "../state/example.ts";
import { failure, head, isRough, measuresAt, status, version } from "../state/run.ts";
import { isOfRun, problems, titleOf, waiting } from "../state/session.ts";
import * as view from "../state/view.ts";
import { later } from "./later.tsx";
import { Unpin } from "./Unpin.tsx";
import { valueText } from "./values.ts";

const DataNotice = later(() => import("./Notices.tsx").then((part) => part.DataNotice));
const Failed = later(() => import("./Notices.tsx").then((part) => part.Failed));
const Unit = later(() => import("./Notices.tsx").then((part) => part.Unit));
const Waiting = later(() => import("./Notices.tsx").then((part) => part.Waiting));
const Refine = later(() => import("./Refine.tsx").then((part) => part.Refine));

export function Readout() {
  void version.value;
  const state = view.state.value;
  const asked = head.value;
  if (hasNotice.value) return <DataNotice />;
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
    return <p class="readout muted">Point at a layer or a wire for its numbers.</p>;
  if (picked === undefined)
    return (
      <p class="readout muted">
        {remarks.length > 0 ? `${remarks.join(" ")} ` : "Point at a layer for its numbers; click to pin it. "}
        Epoch {view.epoch.value.toLocaleString("en")}.
        {!isOfRun.value && !isExample.value && status.value !== "training" && (
          <> This is {titleOf(asked.question)}; the question beside it has not been trained yet.</>
        )}
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
