/** What can be taken out of the page: pictures, the rows behind them, the run as the command's folder, the question in other words. */

import { csvOf, download, pngOf, type Table } from "@causalscope/report/views";
import { failureOf } from "../engine/failure.ts";
import { NOTES } from "../engine/protocol.ts";
import { codeOf, commandOf, methodOf } from "../state/command.ts";
import { notes, notesFile } from "../state/notes.ts";
import { type Picture, pictures } from "../state/pictures.ts";
import { fingerprint, head, measurementsSoFar } from "../state/run.ts";
import { copyText, say } from "../state/said.ts";
import { engine, hash, question } from "../state/session.ts";

const FORMATS = ["SVG", "PNG", "CSV", "JSON"] as const;
type Format = (typeof FORMATS)[number];

export function ExportChoices({ close }: { close: () => void }) {
  const done = (work: () => Promise<void>) => async () => {
    close();
    try {
      await work();
    } catch (error) {
      say(failureOf(error).message);
    }
  };
  const copied = (text: () => string) => () => {
    close();
    void copyText(text());
  };
  const none = head.value === undefined;
  return (
    <>
      {pictures.value.map((each) => (
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
      <button type="button" onClick={copied(() => new URL(hash.value, location.href).href)}>
        Copy the link
      </button>
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
    </>
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
        ? [csvOf(await picture.table()), "text/csv"]
        : [jsonOf(await picture.table()), "application/json"];
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
