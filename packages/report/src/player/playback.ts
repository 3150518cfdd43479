/** Play, pause, slider and keys: everything that moves the moment by hand or by time. */
import { momentName } from "../data.ts";
import { checkpoint, type Store } from "../views/store.ts";
import { byId } from "./by-id.ts";

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
  let before = 0;
  let waited = 0;

  function frame(now: number): void {
    if (!store.state.playing) return;
    const passed = Math.min(0.25, (now - before) / 1000);
    before = now;
    let { position } = store.state;
    if (calm.matches) {
      waited += passed;
      if (waited >= STEP_WITHOUT_MOTION) {
        waited = 0;
        position = checkpoint(store) + 1;
      }
    } else position += (passed / seconds) * last;
    store.set(position >= last ? { position: last, playing: false } : { position });
    if (store.state.playing) requestAnimationFrame(frame);
  }

  function set(playing: boolean): void {
    if (playing === store.state.playing || last === 0) return;
    if (!playing) store.set({ playing, position: checkpoint(store) });
    else store.set({ playing, position: store.state.position >= last ? 0 : store.state.position });
  }

  function showPlaying(): void {
    const { playing } = store.state;
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector("span")!.textContent = playing ? "Pause" : "Play";
    // While it runs, a screen reader would be told every checkpoint.
    output.setAttribute("aria-live", playing ? "off" : "polite");
    if (!playing) return;
    before = performance.now();
    waited = 0;
    requestAnimationFrame(frame);
  }

  function show(): void {
    const e = checkpoint(store);
    const epoch = momentName(store.data, store.data.epochs[e]!);
    if (slider.valueAsNumber !== e) slider.value = String(e);
    slider.setAttribute("aria-valuetext", epoch);
    if (output.value !== epoch) output.value = epoch;
  }

  function pauseAt(position: number): void {
    store.set({ position, playing: false });
  }

  slider.max = String(last);
  slider.disabled = last === 0;
  button.disabled = last === 0;
  button.addEventListener("click", () => set(!store.state.playing));
  slider.addEventListener("input", () => pauseAt(slider.valueAsNumber));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    const own = target === slider ? "slider" : target.closest("button, select, input, summary, a") ? "other" : "none";
    const e = checkpoint(store);
    const jumps: Record<string, number> = { ArrowLeft: e - 1, ArrowRight: e + 1, Home: 0, End: last };
    if (event.key === " " && own !== "other") set(!store.state.playing);
    else if (own === "none" && event.key in jumps) pauseAt(jumps[event.key]!);
    else return;
    event.preventDefault();
  });
  store.subscribe((changes) => {
    if (changes.has("playing")) showPlaying();
    if (changes.has("position")) show();
  });
  show();
}
