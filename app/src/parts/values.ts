/** Numbers as the page writes them: each with its error, or called exact. */
import type { MeasurementRow } from "@causalscope/runs";

/** "8.72 ± 0.02", "4.754 exact"; an en dash where nothing was measured. */
export function valueText(row: Pick<MeasurementRow, "bits" | "standardError"> | undefined): string {
  if (row === undefined || !Number.isFinite(row.bits)) return "–";
  const { bits, standardError: error } = row;
  if (error === 0) return `${signed(bits.toFixed(Math.abs(bits) < 10 ? 3 : 2))} exact`;
  return withError(bits, error);
}

/** With as many digits as the error has one or two of. */
export function withError(value: number, error: number): string {
  const digits = error >= 0.095 ? 1 : error >= 0.0095 ? 2 : error >= 0.00095 ? 3 : 4;
  return `${signed(value.toFixed(digits))} ± ${error.toFixed(digits)}`;
}

/** With a true minus, and no minus before zero. */
export function signed(text: string): string {
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** Of curves, with their axis, in pixels. */
export const STRIP_HEIGHT = 200;
