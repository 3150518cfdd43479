/** Watch it learn: the question, the plane with its strip, the network with its wires. */
import { asTable, planeView, type Store, type StripView, stripView, trainingTable } from "@causalscope/report/views";
import { LayerSign, LayerTable } from "../parts/LayerTable.tsx";
import { later } from "../parts/later.tsx";
import { NetworkPanel } from "../parts/NetworkPanel.tsx";
import { Observations } from "../parts/Observations.tsx";
import { QuestionPanel } from "../parts/QuestionPanel.tsx";
import { Readout } from "../parts/Readout.tsx";
import { View } from "../parts/View.tsx";
import { STRIP_HEIGHT } from "../parts/values.ts";
import { dialog, maximized, panel } from "../state/keys.ts";
import { notes } from "../state/notes.ts";
import { head, status } from "../state/run.ts";
import * as view from "../state/view.ts";

// Below the fold, and of a run that has gone on for a while.

/** As high as the page leaves room for, and redrawn when that changes. */
const drawPlane = (host: HTMLElement, store: Store) => {
  // Kept: to ask for it with each drawing would have the page laid out in between.
  let room = [host.clientWidth, host.clientHeight] as const;
  const drawn = planeView(host, store, {
    height: () => Math.max(250, room[1] - (room[0] < 500 ? 66 : 40)),
    tip: false,
  });
  const sizes = new ResizeObserver(() => {
    const [width, height] = room;
    room = [host.clientWidth, host.clientHeight];
    if (room[0] !== width || room[1] !== height) drawn.redraw();
  });
  sizes.observe(host);
  return {
    ...drawn,
    destroy() {
      sizes.disconnect();
      drawn.destroy();
    },
  };
};

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
          {notes.value.length > 0 && <NoteList />}
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
        <button
          type="button"
          class="round"
          aria-label="What is shown"
          title="What is shown: EI, degeneracy, φ … (H)"
          onClick={() => {
            dialog.value = "terms";
          }}
        >
          i
        </button>
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
            picture={{ name: "plane", title: "Causal plane", table: () => asTable(store.data) }}
          />
          {!maximized.value && <Strip store={store} />}
        </>
      )}
    </>
  );
}

const STRIPS = {
  loss: "EI, loss",
  accuracy: "EI, accuracy",
  phi: "EI, φ",
  ei: "EI",
  information: "I(X;T), I(Y;T)",
} as const satisfies Record<view.StripMeasure, string>;

const NoteList = later(() => import("../parts/NoteList.tsx").then((part) => part.NoteList));
const InformationStrip = later(() => import("../parts/InformationStrip.tsx").then((part) => part.InformationStrip));

const drawStrips: Record<Exclude<view.StripMeasure, "information">, (host: HTMLElement, store: Store) => StripView> = {
  loss: (host, store) => stripView(host, store, { panels: ["ei", "loss"], height: STRIP_HEIGHT }),
  accuracy: (host, store) => stripView(host, store, { panels: ["ei", "accuracy"], height: STRIP_HEIGHT }),
  phi: (host, store) => stripView(host, store, { panels: ["ei", "phi"], height: STRIP_HEIGHT }),
  ei: (host, store) => stripView(host, store, { panels: ["ei"], height: STRIP_HEIGHT }),
};

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
              title={name === "information" ? "The information plane over the epochs (I)" : undefined}
              onClick={() => {
                view.strip.value = name;
              }}
            >
              {STRIPS[name]}
            </button>
          ))}
        </fieldset>
        <span class="grow" />
        <button
          type="button"
          title="The values of every picture, as a table (V)"
          onClick={() => {
            dialog.value = "table";
          }}
        >
          table
        </button>
      </div>
      {view.strip.value === "information" ? (
        <InformationStrip store={store} />
      ) : (
        <View
          className="strip-host"
          store={store}
          draw={drawStrips[view.strip.value]}
          picture={{ name: "curves", title: "Curves", table: () => trainingTable(store.data) }}
        />
      )}
    </>
  );
}
