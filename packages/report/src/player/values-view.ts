/** The table of values at the moment shown, of one seed or averaged over the seeds shown, and how well the network did. */
import { extent, fixed, formatBracket, formatEstimate, formatLoss, formatPercent, layerClass } from "../chart.ts";
import { type Bracket, bracketAt, meanSeries, TRAINING_COLUMNS } from "../data.ts";
import { byId, html } from "./dom.ts";
import { checkpoint, type Store, shownSeeds } from "./store.ts";
import { MEASURE_LABELS } from "./tip.ts";

export function valuesView(store: Store): void {
  const { data } = store;
  const body = byId<HTMLTableSectionElement>("values");
  const learned = byId("learned");
  const choice = byId<HTMLSelectElement>("table-seed");
  let drawn = "";

  choice.append(
    html("option", { value: -1 }, data.seeds.length > 1 ? "mean over the seeds shown" : `seed ${data.seeds[0]}`),
  );
  if (data.seeds.length > 1)
    choice.append(...data.seeds.map((seed, s) => html("option", { value: s }, `seed ${seed}`)));
  choice.addEventListener("change", () => {
    store.tableSeed = Number(choice.value);
    show();
  });

  function show(): void {
    const e = checkpoint(store);
    const seeds = store.tableSeed < 0 ? shownSeeds(store) : [store.tableSeed];
    const wanted = `${e}/${seeds.join()}`;
    if (wanted === drawn) return;
    drawn = wanted;
    body.replaceChildren(
      ...data.layers.map((layer, l) =>
        html(
          "tr",
          { class: layerClass(l) },
          html("th", { scope: "row" }, html("i", { class: "swatch" }), layer.name),
          ...MEASURE_LABELS.map(([measure]) =>
            cell(
              seeds.map((s) => data.bits[measure][s]![l]![e] ?? null),
              seeds.map((s) => data.standardErrors[measure][s]![l]![e] ?? null),
              seeds.length === 1 ? bracketAt(data, measure, seeds[0]!, l, e) : null,
            ),
          ),
        ),
      ),
    );
    const [trainLoss, testLoss, trainAccuracy, testAccuracy] = TRAINING_COLUMNS.map((column) =>
      seeds.length === 0 ? null : (meanSeries(seeds.map((s) => data.training[column][s]!))[e] ?? null),
    );
    learned.textContent = `At epoch ${data.epochs[e]}: training loss ${formatLoss(trainLoss!)}, test loss ${formatLoss(testLoss!)}, training accuracy ${formatPercent(trainAccuracy!)}, test accuracy ${formatPercent(testAccuracy!)}.`;
  }

  store.subscribe(show);
  show();
}

/** @param bracket of a single value; a mean has none. */
function cell(
  bits: readonly (number | null)[],
  errors: readonly (number | null)[],
  bracket: Bracket | null,
): HTMLTableCellElement {
  const [mean] = meanSeries(bits.map((value) => [value]));
  if (bits.length === 0 || mean === null || mean === undefined) return html("td", {}, "not measured");
  const [known] = meanSeries(errors.map((value) => [value === null ? null : value ** 2]));
  const error = known === null || known === undefined ? null : Math.sqrt(known / bits.length);
  const shown = html("td", {}, formatEstimate(mean, error));
  if (bits.length > 1) {
    const [low, high] = extent(bits)!;
    shown.append(html("small", {}, `${fixed(low, 3)} … ${fixed(high, 3)}`));
    // A line each: the table stays within the page.
    for (const line of spread(bits)) shown.append(html("small", {}, line));
  }
  if (bracket !== null) shown.append(html("small", {}, formatBracket(bracket)));
  return shown;
}

/** "SD 0.359", "SE 0.207 (N = 3)": over the seeds. */
function spread(bits: readonly (number | null)[]): string[] {
  const known = bits.filter((value) => value !== null);
  if (known.length < 2) return [];
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (known.length - 1));
  return [`SD ${fixed(deviation, 3)}`, `SE ${fixed(deviation / Math.sqrt(known.length), 3)} (N = ${known.length})`];
}
