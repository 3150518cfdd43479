/** The network at the place that is shown, and the values of its units over two features: asked of the engine, and kept for a while. */
import { computed, effect, signal } from "@preact/signals";
import type { Answers, EdgeAt, NetworkAt, SurfaceAt } from "../engine/protocol.ts";
import { arrived } from "./data.ts";
import { head, status } from "./run.ts";
import { engine } from "./session.ts";
import * as view from "./view.ts";

/** Networks kept: going back and forth over as many checkpoints asks nothing again. */
const MOST_KEPT = 80;
/** Points along each side of a surface. */
const SIZE = 28;

export const network = signal<NetworkAt | undefined>(undefined);
/** The first network of the seed, for what has changed since. */
export const firstNetwork = signal<NetworkAt | undefined>(undefined);
export const surface = signal<SurfaceAt | undefined>(undefined);
export const edge = signal<EdgeAt | undefined>(undefined);
/** Why there is no evidence for the wire. */
export const edgeProblem = signal<string | undefined>(undefined);
export const examples = signal<Answers["examples"] | undefined>(undefined);

/** Whether the networks of this run have two inputs, which can be drawn as a plane. */
export const isFlat = computed(() => head.value?.layers[0]?.inputs === 2);

const kept = new Map<string, unknown>();

function remembered<T>(key: string, ask: () => { readonly answer: Promise<T>; readonly forget: () => void }) {
  if (kept.has(key)) return { answer: Promise.resolve(kept.get(key) as T), forget: () => {} };
  const awaited = ask();
  const of = head.peek();
  const answer = awaited.answer.then((found) => {
    // What is of another run by now is of no use.
    if (head.peek() !== of) throw new Error("of another run");
    kept.set(key, found);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return found;
  });
  return { answer, forget: awaited.forget };
}

// Another run: nothing of before counts.
effect(() => {
  void head.value;
  kept.clear();
  network.value = undefined;
  firstNetwork.value = undefined;
  surface.value = undefined;
  edge.value = undefined;
  examples.value = undefined;
});

/** Waits until one stays at a place: scrubbing asks nothing on the way. */
const PATIENCE = 70;

const place = computed(() => ({ seed: view.seed.value, epoch: view.epoch.value, count: view.epochs.value.length }));

effect(() => {
  const { seed, epoch, count } = place.value;
  if (head.value === undefined || count === 0) return;
  const flat = isFlat.value;
  const asked: (() => void)[] = [];
  const timer = setTimeout(() => {
    const take = <T>(key: string, ask: Parameters<typeof remembered<T>>[1], done: (found: T) => void) => {
      const awaited = remembered<T>(key, ask);
      // What cannot be answered leaves the drawing as it is; a run that failed says so itself.
      awaited.answer.then(done, () => {});
      asked.push(awaited.forget);
    };
    take(
      `network ${seed} ${epoch}`,
      () => engine().inquire({ of: "network", seed, epoch }),
      (found) => {
        network.value = found;
      },
    );
    if (!flat) return;
    take(
      `surface ${seed} ${epoch}`,
      () => engine().inquire({ of: "surface", seed, epoch, size: SIZE }),
      (found) => {
        surface.value = found;
      },
    );
  }, PATIENCE);
  return () => {
    clearTimeout(timer);
    for (const forget of asked) forget();
  };
});

// The first network, when what has changed is asked for.
effect(() => {
  if (view.wires.value !== "change" || head.value === undefined || view.epochs.value.length === 0) return;
  const seed = view.seed.value;
  const { answer, forget } = remembered(`network ${seed} 0`, () => engine().inquire({ of: "network", seed, epoch: 0 }));
  answer.then(
    (found) => {
      firstNetwork.value = found;
    },
    () => {},
  );
  return forget;
});

// The examples of the run, once: data of the user's own may come later than the run.
effect(() => {
  void arrived.value;
  if (!isFlat.value || view.epochs.value.length === 0 || examples.peek() !== undefined || status.value === "failed")
    return;
  const of = head.value;
  engine()
    .inquire({ of: "examples" })
    .answer.then(
      (found) => {
        if (head.peek() === of) examples.value = found;
      },
      () => {},
    );
});

/** The wire that is pinned or pointed at. */
export const wire = computed(() => {
  const state = view.state.value;
  const found = state?.hovered?.kind === "wire" ? state.hovered : state?.pinned;
  return found?.kind === "wire" ? found : undefined;
});

effect(() => {
  const picked = wire.value;
  const { seed, epoch } = place.value;
  if (picked === undefined) {
    edge.value = undefined;
    edgeProblem.value = undefined;
    return;
  }
  const { layer, from: input, to: output } = picked;
  const awaited = remembered(`edge ${seed} ${epoch} ${layer} ${input} ${output}`, () =>
    engine().inquire({ of: "edge", seed, epoch, layer, input, output }),
  );
  awaited.answer.then(
    (found) => {
      edge.value = found;
      edgeProblem.value = undefined;
    },
    (error: Error) => {
      edge.value = undefined;
      edgeProblem.value = error.message;
    },
  );
  return awaited.forget;
});
