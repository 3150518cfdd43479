/** All layers at the epoch shown, of the seed in front: the same table as in the report, short. */
import { layerSymbol, type Store, symbolPath, tableView } from "@causalscope/report/views";
import { head, isRough, scoresAt, version } from "../state/run.ts";
import * as view from "../state/view.ts";
import { View } from "./View.tsx";

export function LayerSign({ layer }: { layer: number }) {
  return (
    <svg viewBox="-8 -8 16 16" class={`c${layer % 7}`} aria-hidden="true">
      <path d={symbolPath(layerSymbol(layer), 6.5)} />
    </svg>
  );
}

const drawTable = (host: HTMLElement, store: Store) =>
  tableView(host, store, { brief: true, measures: ["ei", "sensitivity", "degeneracy", "phi"] });

export function LayerTable() {
  void version.value;
  const store = view.store.value;
  if (head.value === undefined || store === undefined) return null;
  const seed = view.seed.value;
  const epoch = view.epoch.value;
  const scores = scoresAt(seed, epoch);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section class="scroll" tabIndex={0} aria-label="Layers">
        <View className="layers" store={store} draw={drawTable} />
      </section>
      <p class="small muted num">
        Bits ± standard error of measuring{isRough({ seed, epoch }) ? " so far" : ""}; seed {seed}, epoch{" "}
        {epoch.toLocaleString("en")}.
        {scores === undefined
          ? ""
          : ` Accuracy ${percent(scores.trainAccuracy)} training, ${percent(scores.testAccuracy)} test; loss ${short(scores.trainLoss)}, ${short(scores.testLoss)}.`}
      </p>
    </>
  );
}

const short = (loss: number) => String(Number(loss.toPrecision(3)));
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
