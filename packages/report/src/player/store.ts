/** What the page shows: the moment, the chosen seeds and layers; and who must redraw when that changes. */
import type { ReportData, Series } from "../data.ts";

/** "layout": what is shown changed; "position": only the moment moved. */
export type Change = "layout" | "position";

export interface Store {
  readonly data: ReportData;
  /** Position among the checkpoints, 0 … count − 1; fractions only while playing. */
  position: number;
  readonly seeds: boolean[];
  readonly layers: boolean[];
  /** The seed of the table, or −1 for the mean over the seeds shown. */
  tableSeed: number;
  subscribe(listener: (change: Change) => void): void;
  notify(change: Change): void;
  moveTo(position: number): void;
  /** As `moveTo`, by hand: it also stops the film. */
  seek(position: number): void;
}

export function createStore(data: ReportData): Store {
  const listeners: ((change: Change) => void)[] = [];
  const store: Store = {
    data,
    position: data.epochs.length - 1,
    seeds: data.seeds.map(() => true),
    layers: data.layers.map(() => true),
    tableSeed: -1,
    subscribe: (listener) => void listeners.push(listener),
    notify: (change) => {
      for (const listener of listeners) listener(change);
    },
    moveTo: (position) => {
      store.position = Math.max(0, Math.min(data.epochs.length - 1, position));
      store.notify("position");
    },
    seek: (position) => store.moveTo(position),
  };
  return store;
}

/** The checkpoint that has been reached: values are read there, never between. */
export function checkpoint(store: Store): number {
  return Math.floor(store.position + 1e-9);
}

/** Where a moving point is drawn: between two checkpoints it glides; null where either was not measured. */
export function between(series: Series, position: number): number | null {
  const e = Math.floor(position + 1e-9);
  const part = position - e;
  const from = series[e] ?? null;
  if (part < 1e-6 || from === null) return from;
  const to = series[e + 1] ?? null;
  return to === null ? null : from + (to - from) * part;
}

export function shownSeeds(store: Store): number[] {
  return [...store.seeds.keys()].filter((s) => store.seeds[s]);
}

export function shownLayers(store: Store): number[] {
  return [...store.layers.keys()].filter((l) => store.layers[l]);
}
