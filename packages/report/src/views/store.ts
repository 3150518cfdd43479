/** What the views of a run show, and who redraws when that changes: one small observable for the report's page and the app. */
import type { ReportData } from "../data.ts";

/** What is pointed at or pinned; seeds, layers and units by position, from 0. */
export type Picked =
  | { readonly kind: "layer"; readonly seed: number; readonly layer: number }
  | { readonly kind: "wire"; readonly layer: number; readonly from: number; readonly to: number }
  | { readonly kind: "unit"; readonly layer: number; readonly unit: number };

/** What the views show of a run. */
export interface ViewState {
  /** Position among the checkpoints, 0 … count − 1; fractions only while playing. */
  readonly position: number;
  readonly playing: boolean;
  /** Which layers and seeds are drawn, by position. */
  readonly layers: readonly boolean[];
  readonly seeds: readonly boolean[];
  /** The seed in front, by position: its marks are filled. */
  readonly seed: number;
  /** Whether a table tells the seed in front, or the mean over the seeds that are drawn. */
  readonly table: "seed" | "mean";
  /** The causal plane's: EI to the right and degeneracy upwards, or the paper's degeneracy and sensitivity. */
  readonly axes: "rotated" | "paper";
  /** Whether the plane shows the seeds of a layer as one band. */
  readonly band: boolean;
  readonly pinned: Picked | undefined;
  readonly hovered: Picked | undefined;
}

/** The names of what has changed: parts of the state, or the data. */
export type Changes = ReadonlySet<keyof ViewState | "data">;

/** The data and the state that views of one run share. */
export interface Store {
  readonly data: ReportData;
  readonly state: ViewState;
  /** Changes parts of the state; a position is kept within the run. Tells those who subscribed if anything is new. */
  set(part: Partial<ViewState>): void;
  /** Another run, or the same with more checkpoints: at the last checkpoint it follows, elsewhere it stays at its epoch. */
  setData(data: ReportData): void;
  /** Returns what ends the subscription. */
  subscribe(listener: (changes: Changes) => void): () => void;
}

/**
 * A store with all layers and seeds of a run drawn, at the last checkpoint.
 *
 * @example
 * ```ts
 * const store = createStore(reportData(trainingDataOf(await readStudyRun("runs/iris"))));
 * store.subscribe((changes) => console.log([...changes].join(), store.state.position)); // position 0
 * store.set({ position: 0 });
 * ```
 */
export function createStore(data: ReportData): Store {
  const listeners = new Set<(changes: Changes) => void>();
  let current = data;
  let state: ViewState = {
    position: lastOf(data),
    playing: false,
    layers: data.layers.map(() => true),
    seeds: data.seeds.map(() => true),
    seed: 0,
    table: data.seeds.length > 1 ? "mean" : "seed",
    axes: "rotated",
    band: false,
    pinned: undefined,
    hovered: undefined,
  };
  const tell = (changes: Changes) => {
    for (const listener of listeners) listener(changes);
  };
  return {
    get data() {
      return current;
    },
    get state() {
      return state;
    },
    set(part) {
      const next = { ...state, ...part };
      next.position = Math.max(0, Math.min(lastOf(current), next.position));
      const names = (Object.keys(next) as (keyof ViewState)[]).filter((name) => !same(next[name], state[name]));
      if (names.length === 0) return;
      state = next;
      tell(new Set(names));
    },
    setData(data) {
      const before = current;
      const epoch = before.epochs[Math.floor(state.position)];
      const found = data.epochs.indexOf(epoch ?? 0);
      const follows = state.position >= lastOf(before) || found < 0;
      const kept = (shown: readonly boolean[], count: number) =>
        Array.from({ length: count }, (_, at) => shown[at] ?? true);
      current = data;
      state = {
        ...state,
        position: follows ? lastOf(data) : found,
        layers: kept(state.layers, data.layers.length),
        seeds: kept(state.seeds, data.seeds.length),
        seed: Math.min(state.seed, Math.max(0, data.seeds.length - 1)),
      };
      tell(new Set(["data", "position", "layers", "seeds", "seed"]));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const lastOf = ({ epochs }: ReportData) => Math.max(0, epochs.length - 1);

/** Two picks are one if they name the same thing. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * The position of the checkpoint that has been reached: values are read there, never between.
 *
 * @example
 * ```ts
 * const store = createStore(reportData(trainingDataOf(await readStudyRun("runs/iris"))));
 * store.set({ position: 0.7 });
 * console.log(checkpoint(store)); // 0
 * ```
 */
export function checkpoint({ state: { position } }: Pick<Store, "state">): number {
  return Math.floor(position + 1e-9);
}

/** Where a moving point is drawn: between two checkpoints it glides; null where either was not measured. */
export function between(series: ArrayLike<number | null>, position: number): number | null {
  const e = Math.floor(position + 1e-9);
  const part = position - e;
  const from = series[e] ?? null;
  if (part < 1e-6 || from === null) return from;
  const to = series[e + 1] ?? null;
  return to === null ? null : from + (to - from) * part;
}

export function shownSeeds({ state, data }: Store): number[] {
  return [...data.seeds.keys()].filter((s) => state.seeds[s]);
}

export function shownLayers({ state, data }: Store): number[] {
  return [...data.layers.keys()].filter((l) => state.layers[l]);
}

/**
 * The position of the seed in front; where it is not drawn, of the first that is.
 *
 * @example
 * ```ts
 * const store = createStore(reportData(trainingDataOf(await readStudyRun("runs/iris"))));
 * console.log(frontSeed(store)); // 0
 * ```
 */
export function frontSeed(store: Store): number {
  const shown = shownSeeds(store);
  return shown.includes(store.state.seed) ? store.state.seed : (shown[0] ?? store.state.seed);
}

/** The layer that is pointed at, else the pinned one. */
export function pickedLayer({ state: { hovered, pinned } }: Store): Extract<Picked, { kind: "layer" }> | undefined {
  const layer = hovered ?? pinned;
  return layer?.kind === "layer" ? layer : pinned?.kind === "layer" ? pinned : undefined;
}
