/** What is shown, as files: pictures as they would be printed, and the rows behind them. */
import type { Table } from "@causalscope/report/views";
import { type ReadonlySignal, signal } from "@preact/signals";

export interface Picture {
  readonly name: string;
  readonly title: string;
  readonly svg: () => string;
  readonly table: () => Table | Promise<Table>;
}

const registered = signal<readonly Picture[]>([]);

/** A view that can be exported; returns what takes it off. */
export function register(picture: Picture): () => void {
  registered.value = [...registered.peek().filter(({ name }) => name !== picture.name), picture];
  return () => {
    registered.value = registered.peek().filter((each) => each !== picture);
  };
}

/** All that are drawn now. */
export const pictures: ReadonlySignal<readonly Picture[]> = registered;
