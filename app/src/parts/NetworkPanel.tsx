/** The network at the epoch shown; data and decision for two features; the evidence of a wire. */
import { heatOf, type NetworkPicture, type NetworkView, networkView, type Store } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { NetworkAt } from "../engine/protocol.ts";
import { isExample } from "../state/example.ts";
import { examples, firstNetwork, isFlat, network, surface, wire } from "../state/network.ts";
import { register } from "../state/pictures.ts";
import { head } from "../state/run.ts";
import { change, isOfRun, question } from "../state/session.ts";
import * as view from "../state/view.ts";
import { edits } from "../state/what-if.ts";
import { unitField } from "./heat.ts";
import { later } from "./later.tsx";

const WIRES = {
  sensitivity: "sensitivity (bits)",
  eiParts: "EI_parts (bits)",
  weight: "|weight|",
  change: "change since epoch 0",
} as const;

const Evidence = later(() => import("./Evidence.tsx").then((part) => part.Evidence));
const Surface = later(() => import("./Surface.tsx").then((part) => part.Surface));
const LayerWhatIf = later(() => import("./WhatIf.tsx").then((part) => part.LayerWhatIf));
const WhatIf = later(() => import("./WhatIf.tsx").then((part) => part.WhatIf));

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
      {wire.value !== undefined ? <Evidence /> : isFlat.value && examples.value !== undefined ? <Surface /> : null}
      {edits.value.length > 0 && <WhatIf />}
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
        table: async () => (await import("../state/tables.ts")).wiresTable(network.peek()),
      });
    } else drawing.current.show(picture);
  });
  useSignalEffect(() => {
    void surface.value;
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
  const layers = [...(widths() ?? [])];
  const width = (layers[column] ?? 0) + by;
  if (layers[column] === undefined || width < 1 || width > 64) return;
  layers[column] = width;
  change("layers", layers);
}

function deepen(by: 1 | -1): void {
  const layers = [...(widths() ?? [])];
  if (layers.length === 0) return;
  if (by === 1 && layers.length < 9) layers.splice(-1, 0, layers.at(-2)!);
  else if (by === -1 && layers.length > 2) layers.splice(-2, 1);
  change("layers", layers);
}

/** Those of the question, or of the run where they are one; none where they are not known yet. */
function widths(): readonly number[] | undefined {
  const { layers } = question.peek().options;
  return (layers ?? (isOfRun.peek() || isExample.peek() ? head.peek()?.options.layers : undefined)) as
    | readonly number[]
    | undefined;
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
          : at[shows][l]!.bits;
    return rowsOf(flat, outputs, inputs);
  });
  const units = [at.layers[0]!.inputs, ...at.layers.map(({ outputs }) => outputs)];
  const signs = at.layers.map(({ weights, inputs, outputs }) => rowsOf(weights, outputs, inputs));
  return { units, values, ...(shows !== "change" && { signs }), quantity: WIRES[shows] };
}
