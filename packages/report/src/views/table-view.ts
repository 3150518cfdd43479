/** The values of the layers at the moment shown, of one seed or averaged over the seeds that are drawn. */
import type { MeasureName } from "@causalscope/core/measures";
import { extent, fixed, formatBracket, formatEstimate } from "../chart.ts";
import { type Bracket, bracketAt, isSoFar, meanSeries, momentName, type ReportData } from "../data.ts";
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

/** What each measure is, in a sentence. */
const MEANINGS: Readonly<Record<MeasureName, string>> = {
  ei: "Effective information: bits of noise in all inputs that arrive.",
  eiParts: "What single wires transmit while all others are noise, summed.",
  sensitivity: "What single wires transmit while all others are at rest, summed.",
  degeneracy: "Sensitivity − EI: how far wires overlap.",
  phi: "EI − EI_parts: what only the whole layer carries.",
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
  /** Whose rows there are. */
  let made: ReportData["layers"] | undefined;

  /** The rows, empty. They stay as they are while the moment changes, as a page is laid out for each new element. */
  function rows(): void {
    const { layers } = store.data;
    made = layers;
    head.replaceChildren(
      html("th", { scope: "col" }, "layer"),
      ...columns.map(([measure, name]) =>
        html("th", { scope: "col", title: MEANINGS[measure] }, brief ? (SHORT[measure] ?? name) : `${name} (bits)`),
      ),
    );
    body.replaceChildren(
      ...layers.map((layer, l) => {
        const name = html("th", { scope: "row", title: layer.name }, layerMark(l), brief ? `L${l + 1}` : layer.name);
        const row = html("tr", {}, name, ...columns.map(() => html("td")));
        row.addEventListener("click", () => store.set({ pinned: { kind: "layer", seed: frontSeed(store), layer: l } }));
        return row;
      }),
    );
  }

  function redraw(): void {
    const { data, state } = store;
    if (made?.length !== data.layers.length || made.some(({ name }, l) => name !== data.layers[l]!.name)) rows();
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
    for (const [c, [measure]] of columns.entries()) {
      const title = head.cells[c + 1]!;
      const exact = brief && data.layers.every((_, l) => valuesOf(measure, l).errors.every((error) => error === 0));
      if (exact !== title.children.length > 0) {
        if (exact) title.append(html("small", {}, "exact"));
        else title.lastChild!.remove();
      }
      for (const l of data.layers.keys()) {
        const { bits, errors } = valuesOf(measure, l);
        const place = body.rows[l]!.cells[c + 1]!;
        if (brief) briefCell(place, bits, errors, rough);
        else cell(place, bits, errors, seeds.length === 1 ? bracketAt(data, measure, seeds[0]!, l, e) : null);
      }
    }
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
  place: HTMLTableCellElement,
  bits: readonly (number | null)[],
  errors: readonly (number | null)[],
  rough: boolean,
): void {
  const [mean] = meanSeries(bits.map((value) => [value]));
  const tell = (text: string, title: string, state = "") => {
    if (place.textContent !== text) place.textContent = text;
    if (place.title !== title) place.title = title;
    if (place.className !== state) place.className = state;
  };
  if (mean === null || mean === undefined) {
    tell("–", "not measured");
    return;
  }
  const [known] = meanSeries(errors.map((value) => [value === null ? null : value ** 2]));
  const error = known === null || known === undefined ? null : Math.sqrt(known / bits.length);
  const text = error === null ? " ± ?" : error === 0 ? "" : ` ±${error < 0.005 ? "<0.01" : fixed(error, 2)}`;
  const soFar = rough && error !== 0;
  tell(`${fixed(mean, 2)}${text}`, `${formatEstimate(mean, error)}${soFar ? " so far" : ""}`, soFar ? "so-far" : "");
}

/** @param bracket of a single value; a mean has none. */
function cell(
  place: HTMLTableCellElement,
  bits: readonly (number | null)[],
  errors: readonly (number | null)[],
  bracket: Bracket | null,
): void {
  const [mean] = meanSeries(bits.map((value) => [value]));
  if (bits.length === 0 || mean === null || mean === undefined) {
    place.replaceChildren("not measured");
    return;
  }
  const [known] = meanSeries(errors.map((value) => [value === null ? null : value ** 2]));
  const error = known === null || known === undefined ? null : Math.sqrt(known / bits.length);
  const lines: string[] = [];
  if (bits.length > 1) {
    const [low, high] = extent(bits)!;
    // A line each: the table stays within the page.
    lines.push(`${fixed(low, 3)} … ${fixed(high, 3)}`, ...spread(bits));
  }
  if (bracket !== null) lines.push(formatBracket(bracket));
  place.replaceChildren(formatEstimate(mean, error), ...lines.map((line) => html("small", {}, line)));
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
