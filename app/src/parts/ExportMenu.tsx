/** Takes things out of the page: pictures, the rows behind them, the run as the command's folder, the question in other words. */
import { csvOf, download, pngOf, type Table } from "@causalscope/report/views";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { codeOf, commandOf, methodOf } from "../state/command.ts";
import { actions } from "../state/keys.ts";
import { NOTES, notes, notesFile } from "../state/notes.ts";
import { type Picture, pictures } from "../state/pictures.ts";
import { fingerprint, head, measurementsSoFar } from "../state/run.ts";
import { engine, hash, question } from "../state/session.ts";

const FORMATS = ["SVG", "PNG", "CSV", "JSON"] as const;
type Format = (typeof FORMATS)[number];

export function ExportMenu() {
  const open = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const said = useSignal("");
  useEffect(() => {
    actions.export = () => {
      open.value = !open.value;
      if (open.value) queueMicrotask(() => menu.current?.querySelector<HTMLElement>(".choices button")?.focus());
    };
    const close = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, []);
  const done =
    (work: () => Promise<void> | void, afterwards = "") =>
    async () => {
      open.value = false;
      try {
        await work();
        said.value = afterwards;
      } catch (error) {
        said.value = error instanceof Error ? error.message : String(error);
      }
    };
  const copied = (text: () => string) => done(() => navigator.clipboard.writeText(text()), "Copied.");
  const none = head.value === undefined;
  return (
    // Escape closes the menu, and gives the focus back.
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within
    <div
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        menu.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        aria-expanded={open.value}
        title="Export (E)"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Export ▾
      </button>
      {open.value && (
        <div class="choices">
          {pictures().map((each) => (
            <fieldset key={each.name} class="formats">
              <legend>{each.title}</legend>
              {FORMATS.map((format) => (
                <button
                  key={format}
                  type="button"
                  disabled={none}
                  aria-label={`${each.title} as ${format}`}
                  onClick={done(() => save(each, format))}
                >
                  {format}
                </button>
              ))}
            </fieldset>
          ))}
          <button type="button" disabled={none} onClick={done(saveMeasurements)}>
            All measurements (CSV)
          </button>
          <button type="button" disabled={none} onClick={done(saveRun)}>
            The whole run, as the command's folder (zip)
          </button>
          <hr />
          <button type="button" onClick={copied(() => commandOf(question.value))}>
            Copy as a command
          </button>
          <button type="button" onClick={copied(() => codeOf(question.value))}>
            Copy as code
          </button>
          <button
            type="button"
            disabled={none}
            onClick={copied(() => methodOf(head.value!, measurementsSoFar(), fingerprint.value))}
          >
            Copy as text for a paper
          </button>
        </div>
      )}
      <span class="hidden-text" role="status">
        {said.value}
      </span>
    </div>
  );
}

const nameOfRun = () => head.value?.study ?? "run";

async function save(picture: Picture, format: Format): Promise<void> {
  const name = `${nameOfRun()}-${picture.name}.${format.toLowerCase()}`;
  if (format === "PNG") return download(name, await pngOf(picture.svg()));
  const [text, type] =
    format === "SVG"
      ? [described(picture.svg()), "image/svg+xml"]
      : format === "CSV"
        ? [csvOf(picture.table()), "text/csv"]
        : [jsonOf(picture.table()), "application/json"];
  download(name, new Blob([text], { type }));
}

/** An SVG that says where it comes from: the link that computes it again. */
function described(svg: string): string {
  const link = new URL(hash.value, location.href).href;
  const text = link.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return svg.replace("</title>", () => `</title><desc>${text}</desc>`);
}

function jsonOf({ columns, rows }: Table): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, k) => [column, row[k] ?? null])));
  return `${JSON.stringify(objects, undefined, 1)}\n`;
}

async function files(): Promise<readonly (readonly [path: string, bytes: Uint8Array])[]> {
  const found = await engine().inquire({ of: "files" }).answer;
  const others = found.filter(([path]) => path !== NOTES);
  return notes.value.length === 0 ? others : [...others, [NOTES, notesFile()]];
}

async function saveMeasurements(): Promise<void> {
  const table = (await files()).find(([path]) => path === "measurements.csv");
  if (table === undefined) throw new Error("The table is written when the run ends or is stopped.");
  download(`${nameOfRun()}-measurements.csv`, new Blob([table[1] as BlobPart], { type: "text/csv" }));
}

async function saveRun(): Promise<void> {
  const [all, { zipSync }] = await Promise.all([files(), import("fflate")]);
  const folder = Object.fromEntries(all.map(([path, bytes]) => [`${nameOfRun()}/${path}`, bytes]));
  const zip = zipSync(folder, { mtime: new Date(1980, 0, 1) });
  download(`${nameOfRun()}.run.zip`, new Blob([zip as BlobPart], { type: "application/zip" }));
}
