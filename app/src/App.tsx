/** The frame: header, screen, time, status. Takes keys, drops and the address bar. */
import { effect, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { failureOf } from "./engine/failure.ts";
import { ExportMenu } from "./parts/ExportMenu.tsx";
import { Mark, SunMoonIcon } from "./parts/icons.tsx";
import { later } from "./parts/later.tsx";
import { PlainNotice } from "./parts/PlainNotice.tsx";
import { Status } from "./parts/Status.tsx";
import { Transport } from "./parts/Transport.tsx";
import { Learn } from "./screens/Learn.tsx";
import { expects, problem } from "./state/data.ts";
import { isExample, openExample } from "./state/example.ts";
import { actions, dialog, panel, press } from "./state/keys.ts";
import { failure, status } from "./state/run.ts";
import { copyText, said } from "./state/said.ts";
import { beginLink, embed, hash, hidden, obey, openFiles } from "./state/session.ts";
import { theme, toggleTheme } from "./state/theme.ts";

const Dialogs = later(() => import("./parts/Dialogs.tsx").then((part) => part.Dialogs));

/**
 * Milliseconds in which the address changes once: with every change of it a browser asks for the page's icon again, and some refuse many in a
 * row. While one scrubs, it waits until one rests.
 */
const REST = 150;

export function App() {
  const over = useSignal(false);
  const copied = useSignal(false);
  const picker = useRef<HTMLInputElement>(null);
  const shows = (part: string) => !hidden.value.includes(part);

  /** A run is opened; other files are data to learn from. */
  const take = async (read: (drop: typeof import("./files/drop.ts")) => Promise<Parameters<typeof openFiles>[0]>) => {
    try {
      const drop = await import("./files/drop.ts");
      const files = await read(drop);
      problem.value = undefined;
      failure.value = undefined;
      if (drop.isRun(files)) openFiles(files);
      else {
        const { takeData } = await import("./state/given-data.ts");
        if (await takeData(files)) panel.value = "ask";
      }
    } catch (error) {
      problem.value = { message: failureOf(error).message, table: undefined };
    }
  };

  useEffect(() => {
    const copy = async () => {
      copied.value = await copyText(new URL(hash.value, location.href).href, "Link copied.");
      setTimeout(() => {
        copied.value = false;
      }, 2000);
    };
    Object.assign(actions, {
      copy,
      open: () => picker.current?.click(),
    });
    const key = (event: KeyboardEvent) => {
      if (press(event)) event.preventDefault();
    };
    const follow = () => {
      if (location.hash !== hash.peek() && obey(location.hash)) void beginLink();
    };
    const dragged = (event: DragEvent) => {
      event.preventDefault();
      over.value = true;
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false;
    };
    const dropped = (event: DragEvent) => {
      event.preventDefault();
      over.value = false;
      const { items = [], files = [] } = event.dataTransfer ?? {};
      const entries = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
      const others = [...files];
      void take((drop) => drop.filesOfDrop(entries, others));
    };
    document.addEventListener("dragover", dragged);
    document.addEventListener("dragleave", left);
    document.addEventListener("drop", dropped);
    document.addEventListener("keydown", key);
    addEventListener("hashchange", follow);
    if (obey(location.hash)) void beginLink();
    // Without it the page is empty, and works.
    else openExample().catch(() => {});
    let due: ReturnType<typeof setTimeout> | undefined;
    let changed = Number.NEGATIVE_INFINITY;
    const told = effect(() => {
      const next = hash.value;
      clearTimeout(due);
      if (status.value === "none" || isExample.value || next === location.hash) return;
      const now = performance.now();
      const write = () => history.replaceState(null, "", next);
      if (now - changed > REST) write();
      else due = setTimeout(write, REST);
      changed = now;
    });
    return () => {
      document.removeEventListener("dragover", dragged);
      document.removeEventListener("dragleave", left);
      document.removeEventListener("drop", dropped);
      document.removeEventListener("keydown", key);
      removeEventListener("hashchange", follow);
      clearTimeout(due);
      told();
    };
  }, []);

  return (
    <div class={embed.value ? "frame embed" : "frame"}>
      {dialog.value !== undefined && <Dialogs />}
      {embed.value && (
        <header class="hidden-text">
          <h1>Causalscope</h1>
        </header>
      )}
      {!embed.value && (
        <header class="header">
          <h1>
            <Mark /> <span class="label">Causalscope</span>
          </h1>
          <span class="where">Watch it learn</span>
          <span class="grow" />
          <button
            type="button"
            class="only-narrow"
            aria-expanded={panel.value === "ask"}
            onClick={() => {
              panel.value = panel.value === "ask" ? "plane" : "ask";
            }}
          >
            Question
          </button>
          <button
            type="button"
            title="Open a run, a folder or a zip, or data of yours, CSV or NumPy; or drop them anywhere (O)"
            onClick={() => picker.current?.click()}
          >
            Open
          </button>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Files of a run, or of data"
            onChange={(event) => {
              const { files } = event.currentTarget;
              if (files === null || files.length === 0) return;
              const picked = [...files];
              void take((drop) => drop.filesOf(picked));
              // The same file can be chosen again, when it has changed.
              event.currentTarget.value = "";
            }}
            onCancel={() => {
              expects.value = undefined;
            }}
          />
          <button
            type="button"
            class="label"
            title="Copy the link to this question and view (L)"
            onClick={() => actions.copy()}
          >
            {copied.value ? "Copied ✓" : "Copy link"}
          </button>
          <ExportMenu />
          <button
            type="button"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => {
              dialog.value = "keys";
            }}
          >
            ?
          </button>
          <button
            type="button"
            aria-label={theme.value === "dark" ? "Light colours" : "Dark colours"}
            title="Light or dark"
            onClick={toggleTheme}
          >
            <SunMoonIcon />
          </button>
        </header>
      )}
      <PlainNotice />
      <Learn shows={shows} />
      {shows("transport") && <Transport />}
      {shows("status") && <Status />}
      {!embed.value && (
        <nav class="tabs" aria-label="Parts of the page">
          {(["plane", "network", "ask"] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={panel.value === name}
              onClick={() => {
                panel.value = name;
              }}
            >
              {{ plane: "Plane", network: "Network", ask: "Question" }[name]}
            </button>
          ))}
        </nav>
      )}
      <p class="hidden-text" role="status">
        {said.value}
      </p>
      {over.value && (
        <section class="drop" aria-label="Drop">
          Drop a run, its folder or a zip of it; or your own data: CSV, .npy, .npz
        </section>
      )}
    </div>
  );
}
