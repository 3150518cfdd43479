/** What is looked at. The views share a store (the one of the report's page); what only the page knows stands beside it. */

import { createStore, type Picked, reportData, type Store, type ViewState } from "@causalscope/report/views";
import { computed, effect, signal } from "@preact/signals";
import type { RunHead } from "../engine/protocol.ts";
import { data, head, status } from "./run.ts";

export type WireMeasure = "sensitivity" | "eiParts" | "weight" | "change";
export type StripMeasure = "ei" | "loss" | "accuracy" | "phi" | "information";

export const store = signal<Store | undefined>(undefined);
/** Goes up by one with every change of the store. */
const changes = signal(0);
export const wires = signal<WireMeasure>("sensitivity");
export const strip = signal<StripMeasure>("loss");
/** Checkpoints in a second. */
export const speed = signal(4);
/** Whether the newest checkpoint is followed. */
export const follows = signal(true);

/** The state of the views; undefined before there is a run. */
export const state = computed<ViewState | undefined>(() => {
  void changes.value;
  return store.value?.state;
});

/** The epoch that is shown. */
export const epoch = computed(() => {
  void changes.value;
  const of = store.value;
  return of === undefined ? 0 : (of.data.epochs[Math.floor(of.state.position)] ?? 0);
});

export const epochs = computed<readonly number[]>(() => {
  void changes.value;
  return store.value?.data.epochs ?? [];
});

/** The seed in front, as it is called. */
export const seed = computed(() => head.value?.seeds[state.value?.seed ?? 0] ?? 0);

export const isLive = computed(() => follows.value && status.value === "training");

// What comes goes into the store; another run has another store.
/** The run that the store is of. */
export const shown = signal<RunHead | undefined>(undefined);
let before: Pick<ViewState, "axes" | "band"> | undefined;
effect(() => {
  const come = data.value;
  if (come === undefined) {
    // Until the first rows of another run are there, nothing is: those of the one before belong to other layers.
    if (head.peek() !== shown.peek()) store.value = undefined;
    return;
  }
  const next = reportData(come);
  const of = store.peek();
  if (of !== undefined && shown.peek() === head.peek()) {
    const kept = epoch.peek();
    of.setData(next);
    of.set({ position: follows.peek() ? next.epochs.length - 1 : Math.max(0, next.epochs.indexOf(kept)) });
    return;
  }
  const made = createStore(next);
  const { axes, band } = before ?? made.state;
  // The table tells the numbers of the seed in front, as the readout does.
  made.set({ axes, band, table: "seed" });
  made.subscribe(() => {
    before = made.state;
    changes.value = changes.peek() + 1;
  });
  follows.value = true;
  store.value = made;
  shown.value = head.peek();
});

export function set(part: Partial<ViewState>): void {
  store.peek()?.set(part);
}

/** Shows a checkpoint by its position; beyond the last one, the last. */
export function show(position: number): void {
  const last = epochs.peek().length - 1;
  const to = Math.max(0, Math.min(last, position));
  follows.value = to === last && position >= last;
  set({ position: to });
}

export function step(by: number): void {
  set({ playing: false });
  show(Math.round(state.peek()?.position ?? 0) + by);
}

/** The nearest checkpoint to an epoch. */
export function showEpoch(wanted: number): void {
  const all = epochs.peek();
  let best = 0;
  for (const [at, each] of all.entries()) if (Math.abs(each - wanted) < Math.abs(all[best]! - wanted)) best = at;
  show(best);
  follows.value = false;
}

/** From the start where the end is shown. */
export function togglePlay(): void {
  const now = state.peek();
  if (now === undefined) return;
  const atEnd = now.position >= epochs.peek().length - 1;
  if (!now.playing && atEnd && status.peek() !== "training") show(0);
  follows.value = false;
  set({ playing: !now.playing });
}

export function goLive(): void {
  set({ playing: false });
  show(Number.POSITIVE_INFINITY);
}

export function pin(picked: Picked | undefined): void {
  set({ pinned: picked });
}

export function toggleLayer(layer: number): void {
  const layers = state.peek()?.layers;
  if (layers?.[layer] !== undefined) set({ layers: layers.map((on, l) => (l === layer ? !on : on)) });
}

/** Shows one layer alone, or all where it stands alone already. */
export function soloLayer(layer: number): void {
  const layers = state.peek()?.layers;
  if (layers?.[layer] === undefined) return;
  const isAlone = layers.every((on, l) => on === (l === layer));
  set({ layers: layers.map((_, l) => isAlone || l === layer) });
}

export function nextSeed(): void {
  const count = head.peek()?.seeds.length ?? 0;
  if (count > 0) set({ seed: ((state.peek()?.seed ?? 0) + 1) % count });
}

// Playing: a checkpoint at a time; values are never made up between two.
const playing = computed(() => state.value?.playing === true);
effect(() => {
  if (!playing.value) return;
  const next = () => {
    const position = Math.floor(state.peek()?.position ?? 0) + 1;
    const count = epochs.peek().length;
    if (position < count) set({ position });
    else if (status.peek() === "training") goLive();
    else set({ playing: false });
  };
  const timer = setInterval(next, 1000 / speed.value);
  // The first step is seen at once: on the next turn, as this one is about the state that it changes.
  const first = setTimeout(next);
  return () => {
    clearInterval(timer);
    clearTimeout(first);
  };
});
