/** What a screen reader is told: one message at a time, in one place. While a run is at work, one in five seconds at the most. */
import { effect, signal } from "@preact/signals";
import { progress, status } from "./run.ts";

export const said = signal("");
const PAUSE = 5000;

let last = Number.NEGATIVE_INFINITY;
let next = "";
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells it as soon as may be; of messages that come sooner, the newest is told. */
export function say(text: string): void {
  next = text;
  if (timer !== undefined) return;
  const now = performance.now();
  const wait = status.peek() === "training" ? Math.max(0, last + PAUSE - now) : 0;
  timer = setTimeout(() => {
    timer = undefined;
    last = performance.now();
    said.value = next;
  }, wait);
}

effect(() => {
  const now = progress.value;
  if (now !== undefined && now.at !== "") say(`Training: ${now.at}, ${Math.round(100 * now.fraction)} percent done.`);
});

effect(() => {
  if (status.value === "done") say("The run is done.");
  else if (status.value === "stopped") say("The run is stopped, and can be continued.");
});

/** Puts a text on the clipboard, and tells of it. Returns whether the browser let it. */
export async function copyText(text: string, done = "Copied."): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
    return true;
  } catch {
    say("The browser does not let this page copy.");
    return false;
  }
}
