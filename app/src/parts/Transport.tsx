/** Time: play, step, and a track with a tick at every checkpoint, on a square-root scale. */
import { useMemo, useRef } from "preact/hooks";
import { notes } from "../state/notes.ts";
import { head, status } from "../state/run.ts";
import { begin } from "../state/session.ts";
import * as view from "../state/view.ts";
import { BackIcon, ForwardIcon, PauseIcon, PlayIcon, RewindIcon } from "./icons.tsx";

const SPEEDS = [1, 2, 4, 8, 16];
const whole = (n: number) => n.toLocaleString("en");

export function Transport() {
  const state = view.state.value;
  const playing = state?.playing === true;
  const none = state === undefined;
  return (
    <section class="transport" aria-label="Time">
      <button
        type="button"
        aria-label="Train again from the first weights"
        title="Train again from the first weights (R)"
        onClick={begin}
      >
        <RewindIcon />
      </button>
      <button
        type="button"
        aria-label="One checkpoint back"
        title="One checkpoint back (←)"
        disabled={none}
        onClick={() => view.step(-1)}
      >
        <BackIcon />
      </button>
      <button
        type="button"
        class="primary play"
        aria-label={playing ? "Pause" : "Play"}
        title="Play or pause (Space)"
        disabled={none}
        onClick={view.togglePlay}
      >
        {playing ? <PauseIcon /> : <PlayIcon />} <span class="label">{playing ? "Pause" : "Play"}</span>
      </button>
      <button
        type="button"
        aria-label="One checkpoint on"
        title="One checkpoint on (→)"
        disabled={none}
        onClick={() => view.step(1)}
      >
        <ForwardIcon />
      </button>
      <Track />
      <output>
        {whole(view.epoch.value)} / {whole(head.value?.epochs.at(-1) ?? 0)}
      </output>
      <button
        type="button"
        class="live"
        aria-pressed={view.isLive.value}
        disabled={status.value !== "training"}
        onClick={view.goLive}
        title="Follow the newest checkpoint"
      >
        Live
      </button>
      <label class="speed">
        <span class="hidden-text">Speed, in checkpoints a second</span>
        <select
          value={view.speed.value}
          onChange={(event) => {
            view.speed.value = Number(event.currentTarget.value);
          }}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {each / 4}×
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

/** A slider of checkpoints. */
function Track() {
  const track = useRef<HTMLDivElement>(null);
  const done = view.epochs.value;
  const planned = head.value?.epochs ?? [];
  const all = planned.length >= done.length ? planned : done;
  const last = all.at(-1) ?? 1;
  const first = all[0] ?? 0;
  const place = (epoch: number) => (last === first ? 0 : Math.sqrt((epoch - first) / (last - first)));
  const to = (event: PointerEvent) => {
    const { left, width } = track.current!.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left - 8) / (width - 16)));
    let best = 0;
    for (const [at, each] of done.entries())
      if (Math.abs(place(each) - share) < Math.abs(place(done[best]!) - share)) best = at;
    view.set({ playing: false });
    view.show(best);
  };
  // Hundreds, which stay as they are while one goes along them.
  const ticks = useMemo(() => {
    const finished = new Set(done);
    return all.length > 600
      ? null
      : all.map((epoch) => (
          <i
            key={epoch}
            class={finished.has(epoch) ? "tick" : "tick ahead"}
            ref={(tick) => {
              if (tick) tick.style.left = `${100 * place(epoch)}%`;
            }}
          />
        ));
  }, [all, done]);
  const position = Math.floor(view.state.value?.position ?? 0);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => view.step(-1),
    ArrowDown: () => view.step(-1),
    ArrowRight: () => view.step(1),
    ArrowUp: () => view.step(1),
    PageDown: () => view.step(-10),
    PageUp: () => view.step(10),
    Home: () => view.show(0),
    End: () => view.show(done.length - 1),
  };
  const at = place(view.epoch.value);
  return (
    <div
      class="track"
      ref={track}
      role="slider"
      tabIndex={0}
      aria-label="Epoch"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, done.length - 1)}
      aria-valuenow={position}
      aria-valuetext={`epoch ${whole(view.epoch.value)} of ${whole(last)}`}
      onPointerDown={(event) => {
        track.current!.setPointerCapture(event.pointerId);
        to(event);
      }}
      onPointerMove={(event) => {
        if (track.current!.hasPointerCapture(event.pointerId)) to(event);
      }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (act === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
    >
      <div class="rail">
        {ticks}
        {notes.value.map(({ epoch, text }) => (
          <i
            key={`note ${epoch}`}
            class="note"
            title={text}
            ref={(mark) => {
              if (mark) mark.style.left = `${100 * place(Math.min(epoch, last))}%`;
            }}
          />
        ))}
        <div
          class="done"
          ref={(bar) => {
            // Moved, not made wider: the page would be laid out anew with all of its ticks.
            if (bar) bar.style.transform = `scaleX(${at})`;
          }}
        />
        <div
          class="at"
          ref={(carrier) => {
            if (carrier) carrier.style.transform = `translateX(${100 * at}%)`;
          }}
        >
          <div class="thumb" />
        </div>
      </div>
    </div>
  );
}
