/** The run that a visitor sees first: recorded, so that the plane moves at once. */

import { effect, signal } from "@preact/signals";
import { head } from "./run.ts";
import { engine, openFiles, question } from "./session.ts";
import { follows, set, show, store } from "./view.ts";

/** Whether the page is as a visitor finds it: then its address stays plain, and a reload shows the same again. */
export const isExample = signal(false);

export async function openExample(): Promise<void> {
  const response = await fetch("./examples/iris.run.zip");
  if (!response.ok) return;
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Whoever was quicker wants another one.
  if (engine().isAsked) return;
  const before = store.peek();
  openFiles([{ path: "iris.run.zip", bytes }], false);
  isExample.value = true;
  const [asked, none] = [question.peek(), head.peek()];
  let own: unknown;
  const touched = effect(() => {
    if (head.value !== none) own ??= head.value;
    if (question.value === asked && (own === undefined || head.value === own)) return;
    isExample.value = false;
    queueMicrotask(() => touched());
  });
  // It plays as soon as it is there.
  const stop = effect(() => {
    if (store.value === before || store.value === undefined) return;
    queueMicrotask(() => stop());
    show(0);
    follows.value = false;
    set({ playing: true });
  });
}
