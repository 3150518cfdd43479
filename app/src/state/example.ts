/** The run that a visitor sees first: recorded, so that the plane moves at once. */

import { effect } from "@preact/signals";
import { engine, openFiles } from "./session.ts";
import { follows, set, show, store } from "./view.ts";

export async function openExample(): Promise<void> {
  const response = await fetch("./examples/iris.run.zip");
  if (!response.ok) return;
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Whoever was quicker wants another one.
  if (engine().isAsked) return;
  const first = store.peek();
  openFiles([{ path: "iris.run.zip", bytes }], false);
  // It plays as soon as it is there.
  const stop = effect(() => {
    if (store.value === first || store.value === undefined) return;
    queueMicrotask(() => stop());
    show(0);
    follows.value = false;
    set({ playing: true });
  });
}
