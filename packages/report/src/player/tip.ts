/** The values of one point in words, and the little window that shows them beside it. */
import { formatBracket, formatEstimate, layerClass } from "../chart.ts";
import { bracketAt, type ReportData } from "../data.ts";
import { html } from "./dom.ts";

/** The measures' names, in the order in which they are shown everywhere. */
export const MEASURE_LABELS = [
  ["ei", "EI"],
  ["eiParts", "EI_parts"],
  ["sensitivity", "sensitivity"],
  ["degeneracy", "degeneracy"],
  ["phi", "φ"],
] as const;

/** Name, epoch, the five measures with errors, then warnings: one line each. */
export function describePoint(data: ReportData, seed: number, layer: number, e: number): string[] {
  const values = MEASURE_LABELS.map(([measure, label]) => {
    const bits = data.bits[measure][seed]![layer]![e] ?? null;
    const value = formatEstimate(bits, data.standardErrors[measure][seed]![layer]![e] ?? null);
    const bracket = bracketAt(data, measure, seed, layer, e);
    return `${label} ${value}${bits === null ? "" : " bits"}${bracket === null ? "" : `, bracket ${formatBracket(bracket)}`}`;
  });
  return [
    `${data.layers[layer]!.name}, seed ${data.seeds[seed]}, epoch ${data.epochs[e]}`,
    ...values,
    ...warningsAt(data, seed, layer, e),
  ];
}

function warningsAt(data: ReportData, seed: number, layer: number, e: number): string[] {
  const here = data.warnings.filter(([s, l, at]) => s === seed && l === layer && at === e);
  return [...new Set(here.map(([, , , , text]) => `Warning: ${data.warningTexts[text]}`))];
}

export interface Tip {
  show(lines: readonly string[], layer: number, x: number, y: number): void;
  hide(): void;
}

export function createTip(host: HTMLElement): Tip {
  const box = html("div", { class: "tip", role: "tooltip", hidden: "" });
  host.append(box);
  return {
    show(lines, layer, x, y) {
      const [title, ...rows] = lines;
      box.className = `tip ${layerClass(layer)}`;
      box.replaceChildren(
        html("strong", {}, title!),
        ...rows.map((row) => html("span", { class: row.startsWith("Warning: ") ? "warning" : "" }, row)),
      );
      box.hidden = false;
      const { left, top } = place(host, box, x, y);
      box.style.left = `${left}px`;
      box.style.top = `${top}px`;
    },
    hide() {
      box.hidden = true;
    },
  };
}

/** Right of the point, else left of it; on a narrow page under it, where it hides least of the plane. */
function place(host: HTMLElement, box: HTMLElement, x: number, y: number): { left: number; top: number } {
  const room = host.clientWidth - box.offsetWidth;
  if (host.clientWidth < 480) return { left: Math.max(0, Math.min(x - box.offsetWidth / 2, room)), top: y + 18 };
  const top = Math.max(0, Math.min(y - box.offsetHeight / 2, host.clientHeight - box.offsetHeight));
  const right = x + 16;
  return { left: right <= room ? right : Math.max(0, x - 16 - box.offsetWidth), top };
}
