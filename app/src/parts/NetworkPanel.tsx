/** The network at the epoch shown; data and decision for two features; the evidence of a wire. */
import {
  type EdgePicture,
  type EdgeView,
  edgeView,
  type Field,
  heatOf,
  type NetworkPicture,
  type NetworkView,
  networkView,
  type Store,
  type SurfacePicture,
  type SurfaceView,
  surfaceView,
} from "@causalscope/report/views";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { EdgeAt, Examples, NetworkAt, SurfaceAt } from "../engine/protocol.ts";
import { edge, edgeProblem, examples, firstNetwork, isFlat, network, surface, wire } from "../state/network.ts";
import { register } from "../state/pictures.ts";
import { head } from "../state/run.ts";
import { change, question } from "../state/session.ts";
import { examplesTable, jointTable, wiresTable } from "../state/tables.ts";
import { theme } from "../state/theme.ts";
import * as view from "../state/view.ts";
import { signed } from "./values.ts";
import { LayerWhatIf, WeightWhatIf, WhatIf } from "./WhatIf.tsx";

const WIRES = {
  sensitivity: "sensitivity (bits)",
  eiParts: "EI_parts (bits)",
  weight: "|weight|",
  change: "change since epoch 0",
} as const;

export function NetworkPanel() {
  const store = view.store.value;
  if (store === undefined) return null;
  return (
    <>
      <div class="bar">
        <h2>Network at epoch {view.epoch.value.toLocaleString("en")}</h2>
        <label>
          <span class="hidden-text">Width of the wires</span>
          <select
            value={view.wires.value}
            onChange={(event) => {
              view.wires.value = event.currentTarget.value as keyof typeof WIRES;
            }}
          >
            {Object.entries(WIRES).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Network store={store} />
      <PinnedLayer />
      <WhatIf />
      {wire.value !== undefined ? <Edge /> : isFlat.value && examples.value !== undefined ? <Surface /> : null}
    </>
  );
}

/** What can be done with the layer that is pinned. */
function PinnedLayer() {
  const pinned = view.state.value?.pinned;
  if (pinned?.kind !== "layer") return null;
  return <LayerWhatIf layer={pinned.layer} />;
}

function Network({ store }: { store: Store }) {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<NetworkView | undefined>(undefined);
  const unregister = useRef<(() => void) | undefined>(undefined);
  useSignalEffect(() => {
    const at = network.value;
    const picture = at && pictureOf(at, firstNetwork.value, view.wires.value);
    if (picture === undefined || host.current === null) return;
    if (drawing.current === undefined) {
      drawing.current = networkView(host.current, store, {
        picture,
        height: 290,
        heat,
        onUnits: (column, by) => resize(column, by),
        onLayers: deepen,
      });
      unregister.current = register({
        name: "network",
        title: "Network",
        svg: () => drawing.current!.svg(),
        table: () => wiresTable(network.peek()),
      });
    } else drawing.current.show(picture);
  });
  useSignalEffect(() => {
    void surface.value;
    void theme.value;
    drawing.current?.redraw();
  });
  useEffect(
    () => () => {
      unregister.current?.();
      drawing.current?.destroy();
      drawing.current = undefined;
    },
    [store],
  );
  const heat = (column: number, unit: number) => {
    const field = surface.peek();
    return field === undefined || column === 0 ? undefined : heatOf(unitField(field, column - 1, unit), host.current!);
  };
  return <div class="network-host" ref={host} />;
}

/** The question with a unit more or less in a hidden layer; training begins when it is asked for. */
function resize(column: number, by: 1 | -1): void {
  const layers = [...widths()];
  const width = (layers[column] ?? 0) + by;
  if (width < 1 || width > 64) return;
  layers[column] = width;
  change("layers", layers);
}

function deepen(by: 1 | -1): void {
  const layers = [...widths()];
  if (by === 1 && layers.length < 9) layers.splice(-1, 0, layers.at(-2)!);
  else if (by === -1 && layers.length > 2) layers.splice(-2, 1);
  change("layers", layers);
}

function widths(): readonly number[] {
  const given = question.peek().options.layers ?? head.peek()?.options.layers;
  return given as readonly number[];
}

function rowsOf(flat: ArrayLike<number>, outputs: number, inputs: number): number[][] {
  return Array.from({ length: outputs }, (_, j) => Array.from({ length: inputs }, (_, i) => flat[j * inputs + i]!));
}

function pictureOf(at: NetworkAt, first: NetworkAt | undefined, shows: keyof typeof WIRES): NetworkPicture | undefined {
  const values = at.layers.map(({ weights, inputs, outputs }, l) => {
    const flat =
      shows === "weight"
        ? weights
        : shows === "change"
          ? weights.map((weight, k) => weight - (first?.layers[l]?.weights[k] ?? weight))
          : at[shows][l]!;
    return rowsOf(flat, outputs, inputs);
  });
  const units = [at.layers[0]!.inputs, ...at.layers.map(({ outputs }) => outputs)];
  const signs = at.layers.map(({ weights, inputs, outputs }) => rowsOf(weights, outputs, inputs));
  return { units, values, ...(shows !== "change" && { signs }), quantity: WIRES[shows] };
}

/** A unit's values as a heat map, its own least and greatest being the ends. */
function unitField({ size, units }: SurfaceAt, layer: number, unit: number): Field {
  const values = units[layer]?.[unit] ?? new Float32Array(size * size);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const [middle, half] = [(low + high) / 2, (high - low) / 2 || 1];
  return upright(size, (at) => (values[at]! - middle) / half);
}

/** Rows from above: the second feature grows upwards. */
function upright(size: number, value: (at: number) => number): Field {
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) values[row * size + column] = value((size - 1 - row) * size + column);
  return { columns: size, rows: size, values };
}

function Surface() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SurfaceView | undefined>(undefined);
  useSignalEffect(() => {
    const given = examples.value;
    const at = surface.value;
    void theme.value;
    if (given === undefined || host.current === null) return;
    const picture = surfacePicture(given, at);
    if (drawing.current === undefined) drawing.current = surfaceView(host.current, { picture, height: 250 });
    else drawing.current.show(picture);
  });
  useEffect(() => {
    const unregister = register({
      name: "data",
      title: "Data and decision",
      svg: () => drawing.current!.svg(),
      table: () => examplesTable(examples.peek()),
    });
    return () => {
      unregister();
      drawing.current?.destroy();
    };
  }, []);
  return (
    <div class="card">
      <h3>Data, and what the network makes of it</h3>
      <div class="surface-host" ref={host} />
    </div>
  );
}

/** More points than this hide one another. */
const MOST_POINTS = 400;

function surfacePicture(
  { train, test, classes }: { train: Examples; test: Examples; classes: readonly string[] },
  at: SurfaceAt | undefined,
): SurfacePicture {
  const points = [
    ...pointsOf(train, false),
    // XOR learns from the very points that test it.
    ...(test.inputs === train.inputs || test.rows === train.rows ? [] : pointsOf(test, true)),
  ];
  const range = at?.range ?? [0, 1];
  const outputs = at?.units.at(-1);
  const decided = (k: number) =>
    outputs === undefined ? 0 : outputs.length > 1 ? outputs[1]![k]! - outputs[0]![k]! : 2 * outputs[0]![k]! - 1;
  return {
    x: range,
    y: range,
    xName: "first feature",
    yName: "second feature",
    ...(at !== undefined && { field: upright(at.size, decided) }),
    points,
    classes: classes.length > 0 ? classes : ["class 0", "class 1"],
  };
}

function pointsOf({ inputs, labels, rows }: Examples, test: boolean) {
  const every = Math.max(1, Math.ceil(rows / MOST_POINTS));
  return Array.from({ length: Math.ceil(rows / every) }, (_, k) => {
    const row = k * every;
    return { x: inputs[2 * row]!, y: inputs[2 * row + 1]!, label: labels[row]!, test };
  });
}

function Edge() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<EdgeView | undefined>(undefined);
  const picked = wire.value;
  const found = useComputed(() => edge.value);
  useSignalEffect(() => {
    const at = edge.value;
    void theme.value;
    if (host.current === null) return;
    drawing.current ??= edgeView(host.current, { height: 165 });
    drawing.current.show(at && edgePicture(at));
  });
  useEffect(() => {
    const unregister = register({
      name: "wire",
      title: "Evidence of the wire",
      svg: () => drawing.current!.svg(),
      table: () => jointTable(edge.peek()),
    });
    return () => {
      unregister();
      drawing.current?.destroy();
    };
  }, []);
  if (picked === undefined) return null;
  const at = found.value;
  return (
    <section class="card" aria-label="Evidence for the wire">
      <div class="bar">
        <h3>
          L{picked.layer + 1}: {picked.from + 1} → {picked.to + 1}
        </h3>
        <span class="muted num">
          {at === undefined ? (edgeProblem.value ?? "…") : `weight ${signed(at.weight.toFixed(3))}`}
        </span>
        <span class="grow" />
        {view.state.value?.pinned?.kind === "wire" && (
          <button type="button" aria-label="Unpin" title="Unpin (Esc)" onClick={() => view.pin(undefined)}>
            ×
          </button>
        )}
      </div>
      <div class="edge-host" ref={host} />
      {at !== undefined && (
        <p class="bar num">
          <span>
            sensitivity <strong>{at.sensitivity.toFixed(3)}</strong> bit exact
          </span>
          <span class="grow" />
          <span>
            EI_parts <strong>{at.eiParts.toFixed(4)}</strong> bit exact
          </span>
        </p>
      )}
      {at !== undefined && <WeightWhatIf at={at} />}
    </section>
  );
}

function edgePicture({ layer, inputRange, outputRange, response, joint, shape }: EdgeAt): EdgePicture {
  return {
    layer,
    inputRange,
    outputRange,
    response: { inputs: response.x, outputs: response.y },
    held: "others at 0",
    joint: Array.from({ length: shape[0] }, (_, i) => joint.subarray(i * shape[1], (i + 1) * shape[1])),
    noise: "all in noise",
  };
}
