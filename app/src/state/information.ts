/** The information plane over the epochs: read from the checkpoints when the strip shows it, and kept. */
import type { OwnPanel, Table } from "@causalscope/report/views";
import { computed, effect, signal } from "@preact/signals";
import type { Awaited } from "../engine/client.ts";
import type { InformationAt } from "../engine/protocol.ts";
import { head, isRough, measuresAt } from "./run.ts";
import { engine } from "./session.ts";
import * as view from "./view.ts";

/** Checkpoints that are asked for at once: so many come before the next are drawn. */
const MOST_ASKED = 20;

/** By "seed epoch". */
const found = signal<ReadonlyMap<string, InformationAt>>(new Map());
/** Why there is none. */
export const informationProblem = signal<string | undefined>(undefined);

let asked: Awaited<readonly InformationAt[]> | undefined;

// Another run: nothing of before counts.
effect(() => {
  void head.value;
  asked?.forget();
  asked = undefined;
  found.value = new Map();
  informationProblem.value = undefined;
});

/** What is to be asked next: of the seed in front first. */
const missing = computed(() => {
  if (view.strip.value !== "information") return undefined;
  const seeds = head.value?.seeds ?? [];
  const front = view.seed.value;
  for (const seed of [front, ...seeds.filter((each) => each !== front)]) {
    const epochs = view.epochs.value.filter(
      (epoch) =>
        !found.value.has(`${seed} ${epoch}`) && measuresAt(seed, epoch, 0).size > 0 && !isRough({ seed, epoch }),
    );
    if (epochs.length > 0) return { seed, epochs: epochs.slice(0, MOST_ASKED) };
  }
  return undefined;
});

effect(() => {
  const next = missing.value;
  if (next === undefined || asked !== undefined || informationProblem.value !== undefined) return;
  const of = head.peek();
  asked = engine().inquire({ of: "information", ...next });
  asked.answer.then(
    (come) => {
      asked = undefined;
      if (head.peek() !== of) return;
      found.value = new Map([...found.peek(), ...come.map((each) => [`${each.seed} ${each.epoch}`, each] as const)]);
    },
    (error: Error) => {
      asked = undefined;
      if (head.peek() === of) informationProblem.value = error.message;
    },
  );
});

/** I(X; T) and I(Y; T) as panels of the strip. */
export const informationPanels = computed<readonly OwnPanel[]>(() => {
  const { seeds = [], layers = [] } = head.value ?? {};
  const epochs = view.epochs.value;
  const [any] = found.value.values();
  const panel = (title: string, of: "ofInput" | "ofLabel"): OwnPanel => ({
    title,
    series: seeds.map((seed) =>
      layers.map((_, layer) => epochs.map((epoch) => found.value.get(`${seed} ${epoch}`)?.[of][layer] ?? null)),
    ),
    ...(any !== undefined && { most: any.most[of] }),
  });
  const examples = any === undefined ? "" : `, N = ${any.samples.toLocaleString("en")}, ${any.estimator} of each unit`;
  return [panel(`I(X; T) (bits${examples})`, "ofInput"), panel("I(Y; T) (bits) · dotted: the most", "ofLabel")];
});

/** The same as rows, one for each layer of each checkpoint. */
export function informationTable(): Table {
  const rows = [...found.value.values()].flatMap(({ seed, epoch, ofInput, ofLabel, samples, estimator }) =>
    ofInput.map((bits, layer) => [seed, epoch, layer + 1, bits, ofLabel[layer] ?? null, samples, estimator]),
  );
  return { columns: ["seed", "epoch", "layer", "ofInput", "ofLabel", "samples", "estimator"], rows };
}
