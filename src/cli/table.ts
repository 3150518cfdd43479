/** Tables for a terminal, and how values are written in them. */
import type { Estimate } from "../information/estimate.ts";

export interface TableColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

/** Lines of equal columns, two spaces apart, under a header. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, c) => Math.max(...[title, ...rows.map((row) => row[c]!)].map(width)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const space = " ".repeat(widths[c]! - width(cell));
        return columns[c]!.align === "left" ? cell + space : space + cell;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((size) => "─".repeat(size)).join("  ");
  return `${[line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join("\n")}\n`;
}

/** `8.123 ± 0.012`; an exact value without an error. */
export function bits({ bits, standardError }: Pick<Estimate, "bits" | "standardError">): string {
  return standardError === 0 ? decimals(bits) : `${decimals(bits)} ± ${decimals(standardError)}`;
}

/** Three decimals, and no minus before a zero. */
export function decimals(value: number): string {
  const text = value.toFixed(3);
  return text === "-0.000" ? "0.000" : text.replace("-", "−");
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function width(text: string): number {
  return [...text].length;
}
