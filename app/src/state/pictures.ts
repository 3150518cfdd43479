/** What is shown, as files: pictures as they would be printed, and the rows behind them. */
import type { Table } from "@causalscope/report/views";

export interface Picture {
  readonly name: string;
  readonly title: string;
  readonly svg: () => string;
  readonly table: () => Table;
}

const registered = new Map<string, Picture>();

/** A view that can be exported; returns what takes it off. */
export function register(picture: Picture): () => void {
  registered.set(picture.name, picture);
  return () => {
    if (registered.get(picture.name) === picture) registered.delete(picture.name);
  };
}

export function pictures(): readonly Picture[] {
  return [...registered.values()];
}
