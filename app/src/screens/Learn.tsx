/** Watch it learn: the question, the plane with its strip, the network with its wires. */
import { planeView, type Store, stripView } from "@causalscope/report/views";
import { signal } from "@preact/signals";
import { LayerSign, LayerTable } from "../parts/LayerTable.tsx";
import { NetworkPanel } from "../parts/NetworkPanel.tsx";
import { Observations } from "../parts/Observations.tsx";
import { QuestionPanel } from "../parts/QuestionPanel.tsx";
import { Readout } from "../parts/Readout.tsx";
import { View } from "../parts/View.tsx";
import { maximized } from "../state/keys.ts";
import { head, status } from "../state/run.ts";
import * as view from "../state/view.ts";

/** Which part a narrow page shows. */
export const panel = signal<"plane" | "network" | "ask">("plane");

/** As high as the page leaves room for. */
const drawPlane = (host: HTMLElement, store: Store) =>
  planeView(host, store, {
    height: () => Math.max(250, host.clientHeight - (host.clientWidth < 500 ? 66 : 40)),
    tip: false,
  });

export function Learn({ shows }: { shows: (part: string) => boolean }) {
  return (
    <main class={maximized.value ? "learn maximized" : "learn"}>
      {shows("ask") && !maximized.value && (
        <section class="ask" aria-label="Question" data-open={panel.value === "ask"}>
          <QuestionPanel />
        </section>
      )}
      <section class="centre" aria-label="Causal plane" data-open={panel.value === "plane"}>
        <Plane />
      </section>
      {shows("network") && !maximized.value && (
        <section class="side" aria-label="Network" data-open={panel.value === "network"}>
          <NetworkPanel />
          <LayerTable />
          <Observations />
        </section>
      )}
    </main>
  );
}

function Plane() {
  const store = view.store.value;
  const state = view.state.value;
  const asked = head.value;
  return (
    <>
      <div class="bar">
        <h2>Causal plane</h2>
        <span class="legend">
          {asked?.layers.map((layer, l) => (
            <button
              key={layer.name}
              type="button"
              aria-pressed={state?.layers[l] ?? true}
              title={`${layer.name}, ${layer.inputs} → ${layer.outputs}`}
              onClick={() => view.toggleLayer(l)}
            >
              <LayerSign layer={l} /> L{l + 1} {layer.inputs}→{layer.outputs}
            </button>
          ))}
        </span>
        <span class="grow" />
        {(asked?.seeds.length ?? 0) > 1 && (
          <button
            type="button"
            aria-pressed={state?.band === true}
            title="The band of the seeds (B)"
            onClick={() => view.set({ band: !state?.band })}
          >
            band
          </button>
        )}
        <fieldset class="toggle" aria-label="Axes">
          {(["rotated", "paper"] as const).map((axes) => (
            <button
              key={axes}
              type="button"
              aria-pressed={(state?.axes ?? "rotated") === axes}
              onClick={() => view.set({ axes })}
            >
              {axes}
            </button>
          ))}
        </fieldset>
      </div>
      <Readout />
      {store === undefined ? (
        <div class="plane-host empty">
          <p>
            {status.value === "training"
              ? "The first values are on their way …"
              : "Train a network, or drop the folder of a run anywhere."}
          </p>
        </div>
      ) : (
        <>
          <View
            className="plane-host"
            store={store}
            draw={drawPlane}
            picture={{ name: "plane", title: "Causal plane" }}
          />
          <Strip store={store} />
        </>
      )}
    </>
  );
}

const STRIPS = { loss: "EI, loss", accuracy: "EI, accuracy", phi: "EI, φ", ei: "EI" } as const;

const STRIP_HEIGHT = 190;
const drawStrips = Object.fromEntries(
  (["loss", "accuracy", "phi", "ei"] as const).map((name) => [
    name,
    (host: HTMLElement, store: Store) =>
      stripView(host, store, { panels: name === "ei" ? ["ei"] : ["ei", name], height: STRIP_HEIGHT }),
  ]),
);

function Strip({ store }: { store: Store }) {
  return (
    <>
      <div class="bar">
        <fieldset class="toggle" aria-label="Curves">
          {(Object.keys(STRIPS) as (keyof typeof STRIPS)[]).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={view.strip.value === name}
              onClick={() => {
                view.strip.value = name;
              }}
            >
              {STRIPS[name]}
            </button>
          ))}
        </fieldset>
      </div>
      <View
        className="strip-host"
        store={store}
        draw={drawStrips[view.strip.value]!}
        picture={{ name: "curves", title: "Curves" }}
      />
    </>
  );
}
