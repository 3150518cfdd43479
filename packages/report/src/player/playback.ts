/** Play, pause, slider and keys: everything that moves the moment by hand or by time. */
import { byId } from "./dom.ts";
import { checkpoint, type Store } from "./store.ts";

/** Seconds per checkpoint while playing; the whole film lasts 4 to 20 s. */
const PACE = 0.15;
const STEP_WITHOUT_MOTION = 0.6;

export function playback(store: Store): void {
  const button = byId<HTMLButtonElement>("play");
  const slider = byId<HTMLInputElement>("epoch");
  const output = byId<HTMLOutputElement>("moment");
  const last = store.data.epochs.length - 1;
  const seconds = Math.max(4, Math.min(20, last * PACE));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let playing = false;
  let before = 0;
  let waited = 0;

  function frame(now: number): void {
    if (!playing) return;
    const passed = Math.min(0.25, (now - before) / 1000);
    before = now;
    if (calm.matches) {
      waited += passed;
      if (waited >= STEP_WITHOUT_MOTION) {
        waited = 0;
        store.moveTo(checkpoint(store) + 1);
      }
    } else store.moveTo(store.position + (passed / seconds) * last);
    if (store.position >= last) set(false);
    else requestAnimationFrame(frame);
  }

  function set(play: boolean): void {
    if (play === playing || last === 0) return;
    playing = play;
    button.setAttribute("aria-pressed", String(play));
    button.querySelector("span")!.textContent = play ? "Pause" : "Play";
    // While it runs, a screen reader would be told every checkpoint.
    output.setAttribute("aria-live", play ? "off" : "polite");
    if (!play) {
      store.moveTo(checkpoint(store));
      return;
    }
    if (store.position >= last) store.moveTo(0);
    before = performance.now();
    waited = 0;
    requestAnimationFrame(frame);
  }

  function show(): void {
    const e = checkpoint(store);
    const epoch = `epoch ${store.data.epochs[e]}`;
    if (slider.valueAsNumber !== e) slider.value = String(e);
    slider.setAttribute("aria-valuetext", epoch);
    if (output.value !== epoch) output.value = epoch;
  }

  function pauseAt(position: number): void {
    set(false);
    store.moveTo(position);
  }

  slider.max = String(last);
  slider.disabled = last === 0;
  button.disabled = last === 0;
  store.seek = pauseAt;
  button.addEventListener("click", () => set(!playing));
  slider.addEventListener("input", () => pauseAt(slider.valueAsNumber));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    const own = target === slider ? "slider" : target.closest("button, select, input, summary, a") ? "other" : "none";
    const e = checkpoint(store);
    const jumps: Record<string, number> = { ArrowLeft: e - 1, ArrowRight: e + 1, Home: 0, End: last };
    if (event.key === " " && own !== "other") set(!playing);
    else if (own === "none" && event.key in jumps) pauseAt(jumps[event.key]!);
    else return;
    event.preventDefault();
  });
  store.subscribe(show);
  show();
}
