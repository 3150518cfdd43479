/** All layers at the epoch shown, of the seed in front: the same numbers as in the CSV, with their errors. */
import { layerSymbol, symbolPath } from "@causalscope/report/views";
import { head, measuresAt, scoresAt, version } from "../state/run.ts";
import * as view from "../state/view.ts";
import { valueText } from "./values.ts";

const COLUMNS = [
  ["ei", "EI"],
  ["sensitivity", "sens."],
  ["degeneracy", "degen."],
  ["phi", "φ"],
] as const;

export function LayerSign({ layer }: { layer: number }) {
  return (
    <svg viewBox="-8 -8 16 16" class={`c${layer % 7}`} aria-hidden="true">
      <path d={symbolPath(layerSymbol(layer), 6.5)} />
    </svg>
  );
}

export function LayerTable() {
  void version.value;
  const asked = head.value;
  const state = view.state.value;
  if (asked === undefined || state === undefined) return null;
  const seed = view.seed.value;
  const epoch = view.epoch.value;
  const scores = scoresAt(seed, epoch);
  const picked = state.hovered ?? state.pinned;
  return (
    <>
      <div class="scroll">
        <table>
          <caption class="hidden-text">
            Layers at epoch {epoch} of seed {seed}, in bits, ± standard error
          </caption>
          <thead>
            <tr>
              <th scope="col">layer</th>
              {COLUMNS.map(([measure, title]) => (
                <th scope="col" key={measure}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {asked.layers.map((layer, l) => {
              const measures = measuresAt(seed, epoch, l);
              return (
                <tr key={layer.name} class={picked?.kind === "layer" && picked.layer === l ? "picked" : ""}>
                  <th scope="row">
                    <button
                      type="button"
                      class="plain"
                      onClick={() => view.pin({ kind: "layer", seed: state.seed, layer: l })}
                    >
                      <LayerSign layer={l} /> L{l + 1}
                    </button>
                  </th>
                  {COLUMNS.map(([measure]) => (
                    <td key={measure}>{valueText(measures.get(measure))}</td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="small muted num">
        Bits ± standard error of measuring; seed {seed}, epoch {epoch.toLocaleString("en")}.
        {scores === undefined
          ? ""
          : ` Accuracy ${percent(scores.trainAccuracy)} training, ${percent(scores.testAccuracy)} test.`}
      </p>
    </>
  );
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
