/** Takes things out of the page: the run as the command's folder, tables, pictures, the link, the command. */

import { download, pngOf } from "@causalscope/report/views";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { commandOf } from "../state/command.ts";
import { actions } from "../state/keys.ts";
import { type Picture, pictures } from "../state/pictures.ts";
import { head } from "../state/run.ts";
import { engine, question } from "../state/session.ts";

export function ExportMenu() {
  const open = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const said = useSignal("");
  useEffect(() => {
    actions.export = () => {
      open.value = !open.value;
    };
    const close = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, []);
  const done = (work: () => Promise<void> | void) => async () => {
    open.value = false;
    try {
      await work();
    } catch (error) {
      said.value = error instanceof Error ? error.message : String(error);
    }
  };
  const files = async () => engine().inquire({ of: "files" }).answer;
  const name = () => head.value?.study ?? "run";
  const picture = (each: Picture, kind: "svg" | "png") =>
    done(async () => {
      const svg = each.svg();
      if (kind === "svg") download(`${name()}-${each.name}.svg`, new Blob([svg], { type: "image/svg+xml" }));
      else download(`${name()}-${each.name}.png`, await pngOf(svg));
    });
  const none = head.value === undefined;
  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        aria-expanded={open.value}
        aria-haspopup="true"
        title="Export (E)"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Export ▾
      </button>
      {open.value && (
        <div>
          {pictures().map((each) => (
            <>
              <button key={each.name} type="button" disabled={none} onClick={picture(each, "svg")}>
                {each.title} (SVG)
              </button>
              <button type="button" disabled={none} onClick={picture(each, "png")}>
                {each.title} (PNG)
              </button>
            </>
          ))}
          <button
            type="button"
            disabled={none}
            onClick={done(async () => {
              const table = (await files()).find(([path]) => path === "measurements.csv");
              if (table === undefined) throw new Error("The table is written when the run ends or is stopped.");
              download(`${name()}-measurements.csv`, new Blob([table[1] as BlobPart], { type: "text/csv" }));
            })}
          >
            Table of measurements (CSV)
          </button>
          <button
            type="button"
            disabled={none}
            onClick={done(async () => {
              const [all, { zipSync }] = await Promise.all([files(), import("fflate")]);
              const folder = Object.fromEntries(all.map(([path, bytes]) => [`${name()}/${path}`, bytes]));
              download(
                `${name()}.run.zip`,
                new Blob([zipSync(folder, { mtime: new Date(1980, 0, 1) }) as BlobPart], { type: "application/zip" }),
              );
            })}
          >
            The whole run, as the command's folder (zip)
          </button>
          <button type="button" onClick={done(() => navigator.clipboard.writeText(commandOf(question.value)))}>
            Copy as a command
          </button>
        </div>
      )}
      <span class="hidden-text" role="status">
        {said.value}
      </span>
    </div>
  );
}
