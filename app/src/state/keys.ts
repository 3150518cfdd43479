/** Keys, for the sheet and for the page. They are off while one types. */
import { signal } from "@preact/signals";
import { begin } from "./session.ts";
import * as view from "./view.ts";

/** What keys do that only the parts of the page can: each puts its own in its place when it is there. */
export const actions: Record<"open" | "copy" | "export", () => void> = {
  open() {},
  copy() {},
  export() {},
};

/** Which part a narrow page shows. */
export const panel = signal<"plane" | "network" | "ask">("plane");

/** Whether the plane has the whole page. */
export const maximized = signal(false);

/** The dialog that is open. */
export const dialog = signal<"keys" | "terms" | "find" | "note" | "table" | undefined>(undefined);

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Obeys a key; says whether it did. */
export function press(event: KeyboardEvent): boolean {
  // An open dialog has keys of its own.
  if (document.querySelector("dialog[open]") !== null) return false;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  // A key that is held trains once.
  if (event.repeat && /^[tr]$/i.test(event.key)) return true;
  // A button that has the focus takes the space bar itself.
  if (event.key === " " && event.target instanceof HTMLElement && /^(?:BUTTON|SUMMARY|A)$/.test(event.target.tagName))
    return false;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit !== undefined) {
    if (event.shiftKey) view.toggleLayer(Number(digit) - 1);
    else view.soloLayer(Number(digit) - 1);
    return true;
  }
  const state = view.state.peek();
  const act: (() => void) | undefined = {
    " ": view.togglePlay,
    ArrowLeft: () => view.step(event.shiftKey ? -10 : -1),
    ArrowRight: () => view.step(event.shiftKey ? 10 : 1),
    Home: () => view.show(0),
    End: () => view.show(Number.POSITIVE_INFINITY),
    t: begin,
    r: begin,
    s: view.nextSeed,
    b: () => view.set({ band: !state?.band }),
    i: () => {
      view.strip.value = view.strip.peek() === "information" ? "loss" : "information";
    },
    p: () => view.set({ axes: state?.axes === "paper" ? "rotated" : "paper" }),
    f: () => {
      maximized.value = !maximized.value;
    },
    o: actions.open,
    l: actions.copy,
    e: actions.export,
    m: () => {
      if (state !== undefined) dialog.value = "note";
    },
    v: () => {
      dialog.value = "table";
    },
    "/": () => {
      dialog.value = "find";
    },
    h: () => {
      dialog.value = "terms";
    },
    "?": () => {
      dialog.value = "keys";
    },
    Escape: () => {
      maximized.value = false;
      view.pin(undefined);
    },
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  act?.();
  return act !== undefined;
}
