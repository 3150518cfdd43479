/** What if this wire weighed something else, or this layer had another activation? All layers are measured again. */
import type { MeasurementRow } from "@causalscope/runs";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { EdgeAt } from "../engine/protocol.ts";
import { fieldsOf } from "../state/forms.ts";
import { head, measuresAt } from "../state/run.ts";
import * as view from "../state/view.ts";
import { changed, edits, editText, takeBack, tryEdit, whatIfProblem } from "../state/what-if.ts";
import { signed, valueText, withError } from "./values.ts";

/** Of a wire: another weight, none, or the opposite one. */
export function WeightWhatIf({ at }: { at: Pick<EdgeAt, "layer" | "input" | "output" | "weight"> }) {
  const { layer, input, output } = at;
  const tried = edits.value.find((each) => each.layer === layer && each.input === input && each.output === output);
  const weight = useSignal(at.weight);
  useEffect(() => {
    weight.value = tried?.weight ?? at.weight;
  }, [layer, input, output, at.weight, tried]);
  const give = (value: number) => tryEdit({ layer, input, output, weight: value });
  return (
    <div class="bar what-if">
      <label>
        What if it weighed{" "}
        <input
          type="number"
          step="0.5"
          value={Number(weight.value.toFixed(3))}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (value !== "" && Number.isFinite(Number(value))) give(Number(value));
          }}
        />
      </label>
      <button type="button" title="Take the wire away" onClick={() => give(0)}>
        prune
      </button>
      <button type="button" title="Turn its sign" onClick={() => give(-at.weight)}>
        flip
      </button>
    </div>
  );
}

/** Of a layer: another activation. */
export function LayerWhatIf({ layer }: { layer: number }) {
  const asked = head.value;
  const own = asked?.layers[layer]?.activation;
  const names = fieldsOf(asked?.study ?? "").find(({ name }) => name === "activation")?.names ?? [];
  if (own === undefined || names.length === 0) return null;
  const tried = edits.value.find((each) => each.layer === layer && each.activation !== undefined);
  return (
    <div class="bar what-if">
      <label>
        What if L{layer + 1} were{" "}
        <select
          value={tried?.activation ?? own}
          onChange={(event) => {
            const activation = event.currentTarget.value;
            if (activation !== own) tryEdit({ layer, activation });
            else if (tried !== undefined) takeBack(tried);
          }}
        >
          {[...new Set([own, ...names])].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** What has been changed, and what it changes. */
export function WhatIf() {
  if (edits.value.length === 0) return null;
  const rows = changed.value;
  return (
    <section class="card" aria-label="What if">
      <div class="bar">
        <h3>What if</h3>
        <span class="small muted" role="status">
          {whatIfProblem.value ?? (rows === undefined ? "measuring …" : "")}
        </span>
        <span class="grow" />
        <button
          type="button"
          onClick={() => {
            edits.value = [];
          }}
        >
          take back
        </button>
      </div>
      <ul class="edits">
        {edits.value.map((edit) => (
          <li key={editText(edit)}>
            {editText(edit)}{" "}
            <button type="button" aria-label={`Take back: ${editText(edit)}`} onClick={() => takeBack(edit)}>
              ×
            </button>
          </li>
        ))}
      </ul>
      {rows !== undefined && <Changes rows={rows} />}
      <p class="small muted">The run itself stays as it is.</p>
    </section>
  );
}

const MEASURES = [
  ["ei", "EI"],
  ["eiParts", "EI_parts"],
  ["sensitivity", "sens."],
  ["degeneracy", "degen."],
  ["phi", "φ"],
] as const;

/** Of the layers that any measure of is another now. */
function Changes({ rows }: { rows: readonly MeasurementRow[] }) {
  const seed = view.seed.value;
  const epoch = view.epoch.value;
  const now = (layer: number, measure: string) => rows.find((row) => row.layer === layer && row.measure === measure);
  const before = (layer: number, measure: string) => measuresAt(seed, epoch, layer).get(measure);
  const all = [...(head.value?.layers.keys() ?? [])];
  const others = all.filter((l) => MEASURES.some(([name]) => before(l, name)?.bits !== now(l, name)?.bits));
  const warnings = new Set(
    rows.filter(({ layer }) => others.includes(layer)).flatMap(({ warnings }) => (warnings === "" ? [] : [warnings])),
  );
  if (others.length === 0) return <p class="small">Nothing changes: every measure keeps its value.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="scroll" tabIndex={0} aria-label="Changes">
      <table class="changes">
        <caption class="hidden-text">Measures of the changed network, and how they differ from the run's</caption>
        <thead>
          <tr>
            <th scope="col">bits</th>
            {others.map((l) => (
              <th key={l} scope="col">
                L{l + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {MEASURES.map(([name, label]) => (
            <tr key={name}>
              <th scope="row">{label}</th>
              {others.map((l) => (
                <td key={l}>
                  {valueText(now(l, name))}
                  <small>Δ {difference(before(l, name), now(l, name))}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {[...warnings].map((warning) => (
        <p key={warning} class="small muted">
          {warning}
        </p>
      ))}
      {others.length < all.length && <p class="small muted">All other layers keep their values.</p>}
    </section>
  );
}

/** With the error of both. The same noise goes into both, so that equal layers differ by nothing at all. */
function difference(before: MeasurementRow | undefined, now: MeasurementRow | undefined): string {
  if (before === undefined || now === undefined) return "–";
  const delta = now.bits - before.bits;
  if (delta === 0) return "0";
  const error = Math.hypot(before.standardError, now.standardError);
  const plus = delta > 0 ? "+" : "";
  return `${plus}${error === 0 ? signed(delta.toFixed(3)) : withError(delta, error)}`;
}
