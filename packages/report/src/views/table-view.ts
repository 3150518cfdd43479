/** The values of the layers at the moment shown, of one seed or averaged over the seeds that are drawn. */
import type { MeasureName } from "@causalscope/core/measures";
import { extent, fixed, formatBracket, formatEstimate } from "../chart.ts";
import { type Bracket, bracketAt, isSoFar, meanSeries, momentName } from "../data.ts";
import { html, type View } from "./dom.ts";
import { layerMark } from "./layer-mark.ts";
import { checkpoint, frontSeed, pickedLayer, type Store, shownSeeds } from "./store.ts";
import { MEASURE_LABELS } from "./tip.ts";

/** What a table of layers tells. */
export interface TableOptions {
  /** Default all. */
  readonly measures?: readonly MeasureName[];
  /** Two decimals and short names, without spread and brackets: for narrow places. Default false. */
  readonly brief?: boolean;
}

const SHORT: Readonly<Partial<Record<MeasureName, string>>> = {
  sensitivity: "sens.",
  degeneracy: "degen.",
  eiParts: "parts",
};

/**
 * Draws a table of the layers at the moment shown into an element, with the error of every value: of the seed in front, or means over the seeds
 * that are drawn with their spread. Rows follow what is pointed at and pinned, and pin their layer when they are pressed.
 *
 * @example
 * ```ts
 * const show = (host: HTMLElement, data: ReportData) => tableView(host, createStore(data));
 * console.log(show.length); // 2
 * ```
 */
export function tableView(host: HTMLElement, store: Store, options: TableOptions = {}): View {
  const { measures, brief = false } = options;
  const columns = MEASURE_LABELS.filter(([measure]) => measures?.includes(measure) ?? true);
  const caption = html("caption", { class: "sr-only" });
  const head = html("tr");
  const body = html("tbody");
  const table = html("table", { class: `view values${brief ? " brief" : ""}` }, caption, html("thead", {}, head), body);
  host.append(table);
  let drawn = "";

  function redraw(): void {
    const { data, state } = store;
    const e = checkpoint(store);
    const seeds = state.table === "mean" ? shownSeeds(store) : [frontSeed(store)];
    drawn = `${e}/${seeds.join()}`;
    const whose = seeds.length === 1 ? `seed ${data.seeds[seeds[0]!]}` : `means of ${seeds.length} seeds`;
    const rough = seeds.some((s) => isSoFar(data, s, e));
    caption.textContent = `Layers at ${momentName(data, data.epochs[e]!)}, ${whose}${rough ? ", so far" : ""}`;
    const valuesOf = (measure: MeasureName, l: number) => ({
      bits: seeds.map((s) => data.bits[measure][s]![l]![e] ?? null),
      errors: seeds.map((s) => data.standardErrors[measure][s]![l]![e] ?? null),
    });
    head.replaceChildren(
      html("th", { scope: "col" }, "layer"),
      ...columns.map(([measure, name]) => {
        const text = brief ? (SHORT[measure] ?? name) : `${name} (bits)`;
        const exact = brief && data.layers.every((_, l) => valuesOf(measure, l).errors.every((error) => error === 0));
        return html("th", { scope: "col" }, text, ...(exact ? [html("small", {}, "exact")] : []));
      }),
    );
    body.replaceChildren(
      ...data.layers.map((layer, l) => {
        const row = html(
          "tr",
          {},
          html("th", { scope: "row", title: layer.name }, layerMark(l), brief ? `L${l + 1}` : layer.name),
          ...columns.map(([measure]) => {
            const { bits, errors } = valuesOf(measure, l);
            if (brief) return briefCell(bits, errors, rough);
            return cell(bits, errors, seeds.length === 1 ? bracketAt(data, measure, seeds[0]!, l, e) : null);
          }),
        );
        row.addEventListener("click", () => store.set({ pinned: { kind: "layer", seed: frontSeed(store), layer: l } }));
        return row;
      }),
    );
    mark();
  }

  function mark(): void {
    const picked = pickedLayer(store);
    for (const [l, row] of [...body.rows].entries()) row.classList.toggle("active", picked?.layer === l);
  }

  const unsubscribe = store.subscribe((changes) => {
    const { state } = store;
    const seeds = state.table === "mean" ? shownSeeds(store) : [frontSeed(store)];
    if (changes.has("data") || drawn !== `${checkpoint(store)}/${seeds.join()}`) redraw();
    else if (changes.has("hovered") || changes.has("pinned")) mark();
  });
  redraw();
  return {
    redraw,
    destroy() {
      unsubscribe();
      table.remove();
    },
  };
}

/** "8.72 ±0.02"; the head of the column says where all is exact. */
function briefCell(
  bits: readonly (number | null)[],
  errors: readonly (number | null)[],
  rough: boolean,
): HTMLTableCellElement {
  const [mean] = meanSeries(bits.map((value) => [value]));
  if (mean === null || mean === undefined) return html("td", { title: "not measured" }, "–");
  const [known] = meanSeries(errors.map((value) => [value === null ? null : value ** 2]));
  const error = known === null || known === undefined ? null : Math.sqrt(known / bits.length);
  const text = error === null ? " ± ?" : error === 0 ? "" : ` ±${error < 0.005 ? "<0.01" : fixed(error, 2)}`;
  const state = rough && error !== 0 ? { class: "so-far", title: `${formatEstimate(mean, error)} so far` } : {};
  return html("td", { title: formatEstimate(mean, error), ...state }, `${fixed(mean, 2)}${text}`);
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
