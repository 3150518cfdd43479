/** What runs, how far it is, and what is left; what the page has to say of the machine. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { failure, fingerprint, head, left, progress, status } from "../state/run.ts";
import { agrees, engine, promised } from "../state/session.ts";
import { servedBy } from "../state/token.ts";

const WORDS = { none: "Ready", training: "Training", done: "Done", stopped: "Stopped", failed: "Failed" } as const;

/** The version of `causalscope app`, where it serves the page. */
const served = signal<string | undefined>(undefined);

export function Status() {
  useEffect(() => {
    servedBy().then(
      (version) => {
        served.value = version;
      },
      () => {},
    );
  }, []);
  const now = progress.value;
  const left = useLeft(now?.fraction);
  return (
    <footer class="status">
      <strong>{WORDS[status.value]}</strong>
      {now !== undefined && (
        <>
          <span>{now.at}</span>
          <progress value={now.fraction} max={1} aria-label="Done of the run" />
          <span class="num">{left}</span>
        </>
      )}
      {status.value === "done" && <Verdict />}
      {status.value === "stopped" && <Unfinished />}
      {status.value === "failed" && <span class="quiet">{failure.value?.message}</span>}
      <span class="grow" />
      {now !== undefined && (
        <button type="button" onClick={() => engine().cancel()}>
          Cancel
        </button>
      )}
      <span class="muted quiet">
        nothing leaves this machine{served.value === undefined ? "" : ` · causalscope app ${served.value}`}
        {head.value === undefined ? "" : ` · v${head.value.version}`}
      </span>
    </footer>
  );
}

/** How far a run is that is stopped, and what does the rest of it. */
function Unfinished() {
  const { finished = 0, canContinue = false } = left.value ?? {};
  return (
    <>
      <span class="num">
        unfinished: {finished.toLocaleString("en")} of {(head.value?.total ?? 0).toLocaleString("en")} checkpoints
      </span>
      {canContinue && (
        <button type="button" onClick={() => engine().continue()}>
          Continue
        </button>
      )}
    </>
  );
}

/** Whether the result is the one that a link promised. */
function Verdict() {
  const found = fingerprint.value?.slice(0, 16);
  if (agrees.value === undefined) return <span class="muted num">result {found}</span>;
  if (agrees.value) return <span>✓ the same result as the link's, to the last bit ({found})</span>;
  const made = promised.value?.version;
  const here = head.value?.version;
  const other = `the result is another: ${found}, the link says ${promised.value?.fingerprint}`;
  if (made === undefined || made === here) return <span>✗ {other}</span>;
  return (
    <span>
      ✗ the link was made by version {made}, this is {here}: computed again, {other}
    </span>
  );
}

/** "≈ 9 s left", from how fast it went so far. */
function useLeft(fraction: number | undefined): string {
  const [begun, setBegun] = useState<{ readonly at: number; readonly from: number } | undefined>(undefined);
  const running = fraction !== undefined;
  useEffect(() => {
    setBegun(running ? { at: performance.now(), from: fraction } : undefined);
  }, [running]);
  if (fraction === undefined || begun === undefined || fraction - begun.from < 0.05) return "";
  const seconds = ((performance.now() - begun.at) / 1000) * ((1 - fraction) / (fraction - begun.from));
  return `≈ ${secondsText(seconds)} left`;
}

/** A range of times as it is said: "9 s", "1 to 2 min". */
export function costText([low, high]: readonly [number, number]): string {
  const [from, to] = [secondsText(low), secondsText(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** A time as it is said: "9 s", "2 min", "1 h", "12 days". */
function secondsText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400).toLocaleString("en")} days`;
}
