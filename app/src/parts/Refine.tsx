/** The button that measures an epoch better than the run did. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { failureOf } from "../engine/failure.ts";
import { failure, head, measuresAt, replaceRows, status } from "../state/run.ts";
import { engine } from "../state/session.ts";
import * as view from "../state/view.ts";

/** Measures the epoch that is shown again, to a quarter of the largest error of EI that it has. */
export function Refine({ seed }: { seed: number }) {
  const busy = useSignal(false);
  const asked = useRef<(() => void) | undefined>(undefined);
  // Of another run, or where this is not shown any more, it is not needed.
  useSignalEffect(() => {
    void head.value;
    return () => {
      asked.current?.();
      asked.current = undefined;
      busy.value = false;
    };
  });
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
      title="Measure all layers of this epoch again, EI to this error; the run itself stays as it is"
      onClick={async () => {
        busy.value = true;
        try {
          const place = { seed, epoch: view.epoch.value };
          // Each answer is drawn: one sees the error shrink.
          const { answer, forget } = engine().inquire({ of: "refine", ...place, tolerance: goal }, replaceRows);
          asked.current = forget;
          replaceRows(await answer);
        } catch (error) {
          failure.value = failureOf(error);
        } finally {
          busy.value = false;
        }
      }}
    >
      {busy.value ? "measuring …" : `refine to ± ${Number(goal.toPrecision(2))}`}
    </button>
  );
}
