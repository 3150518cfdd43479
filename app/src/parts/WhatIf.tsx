/** What if this wire had another weight? The layers are measured again; the run stays as it is. */

import type { MeasurementRow } from "@causalscope/runs";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { EdgeAt } from "../engine/protocol.ts";
import { head, measuresAt } from "../state/run.ts";
import { engine } from "../state/session.ts";
import { signed, valueText } from "./values.ts";

export function WhatIf({ at }: { at: EdgeAt }) {
  const weight = useSignal(at.weight);
  const rows = useSignal<readonly MeasurementRow[] | undefined>(undefined);
  const said = useSignal("");
  const key = `${at.seed} ${at.epoch} ${at.layer} ${at.input} ${at.output}`;
  useEffect(() => {
    weight.value = at.weight;
    rows.value = undefined;
    said.value = "";
  }, [key]);
  const measure = async (value: number) => {
    weight.value = value;
    said.value = "measuring …";
    const { seed, epoch, layer, input, output } = at;
    const edits = [{ layer, input, output, weight: value }];
    try {
      rows.value = await engine().inquire({ of: "what if", seed, epoch, edits }).answer;
      said.value = "";
    } catch (error) {
      said.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <details>
      <summary>What if …</summary>
      <div class="bar">
        <label>
          weight{" "}
          <input
            type="number"
            step="0.5"
            value={Number(weight.value.toFixed(3))}
            onChange={(event) => {
              const value = Number(event.currentTarget.value);
              if (event.currentTarget.value !== "" && Number.isFinite(value)) void measure(value);
            }}
          />
        </label>
        <button type="button" onClick={() => measure(0)}>
          prune
        </button>
        <button type="button" onClick={() => measure(-at.weight)}>
          flip
        </button>
        <span role="status" class="small muted">
          {said.value}
        </span>
      </div>
      {rows.value !== undefined && <Changes at={at} rows={rows.value} />}
    </details>
  );
}

function Changes({ at, rows }: { at: EdgeAt; rows: readonly MeasurementRow[] }) {
  return (
    <div class="scroll">
      <table>
        <caption class="hidden-text">Values with the changed weight, and the difference</caption>
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">EI</th>
            <th scope="col">Δ EI</th>
            <th scope="col">Δ degen.</th>
          </tr>
        </thead>
        <tbody>
          {head.value?.layers.map((layer, l) => {
            const before = measuresAt(at.seed, at.epoch, l);
            const now = (measure: string) => rows.find((row) => row.layer === l && row.measure === measure);
            return (
              <tr key={layer.name}>
                <th scope="row">L{l + 1}</th>
                <td>{valueText(now("ei"))}</td>
                <td>{difference(before.get("ei"), now("ei"))}</td>
                <td>{difference(before.get("degeneracy"), now("degeneracy"))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** With the error of both. The same noise goes into both, so that equal layers differ by nothing at all. */
function difference(before: MeasurementRow | undefined, now: MeasurementRow | undefined): string {
  if (before === undefined || now === undefined) return "–";
  const delta = now.bits - before.bits;
  if (delta === 0) return "0";
  const error = Math.hypot(before.standardError, now.standardError);
  return error === 0 ? signed(delta.toFixed(3)) : `${signed(delta.toFixed(2))} ± ${error.toFixed(2)}`;
}
