/** What if the network were another? Changes to it, and the measures that it would have; the run stays as it is. */
import type { MeasurementRow } from "@causalscope/runs";
import { effect, signal } from "@preact/signals";
import type { Edit } from "../engine/protocol.ts";
import { head } from "./run.ts";
import { engine } from "./session.ts";
import * as view from "./view.ts";

/** Changes that are tried together, each wire and each layer's activation once. */
export const edits = signal<readonly Edit[]>([]);
/** Rows of the changed network at the place that is shown; undefined while they are measured. */
export const changed = signal<readonly MeasurementRow[] | undefined>(undefined);
export const whatIfProblem = signal<string | undefined>(undefined);

const isSame = (one: Edit, other: Edit) =>
  one.layer === other.layer &&
  one.input === other.input &&
  one.output === other.output &&
  (one.activation === undefined) === (other.activation === undefined);

/** Tries a change, in the place of one of the same thing. */
export function tryEdit(edit: Edit): void {
  edits.value = [...edits.value.filter((each) => !isSame(each, edit)), edit];
}

export function takeBack(edit: Edit): void {
  edits.value = edits.value.filter((each) => each !== edit);
}

/** "L2: 3 → 5 weighs 0", "L1 is relu". */
export function editText({ layer, input, output, weight, activation }: Edit): string {
  if (activation !== undefined) return `L${layer + 1} is ${activation}`;
  return `L${layer + 1}: ${input! + 1} → ${output! + 1} weighs ${Number(weight!.toFixed(3))}`.replace("-", "−");
}

// Another run: its wires are others.
effect(() => {
  void head.value;
  edits.value = [];
});

// Measured wherever one looks.
effect(() => {
  const tried = edits.value;
  const place = { seed: view.seed.value, epoch: view.epoch.value };
  changed.value = undefined;
  whatIfProblem.value = undefined;
  if (tried.length === 0) return;
  let forget = () => {};
  // Scrubbing asks nothing on the way.
  const timer = setTimeout(() => {
    const awaited = engine().inquire({ of: "what if", ...place, edits: tried });
    forget = awaited.forget;
    awaited.answer.then(
      (rows) => {
        changed.value = rows;
      },
      (error: Error) => {
        whatIfProblem.value = error.message;
      },
    );
  }, 100);
  return () => {
    clearTimeout(timer);
    forget();
  };
});
