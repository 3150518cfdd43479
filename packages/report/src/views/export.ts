/** Files out of views: SVG as it is, PNG drawn by the browser, tables as CSV. Nothing leaves the page but by the reader's hand. */
import { html, type PictureView } from "./dom.ts";
import { csvOf, type Table } from "./table.ts";

/**
 * An SVG file as a PNG, drawn by the browser on a canvas. Throws where the browser cannot.
 *
 * @param scale pixels of the PNG for each of the SVG's. Default 2.
 *
 * @example
 * ```ts
 * const twice = (svg: string) => pngOf(svg, 2);
 * console.log(twice.length); // 1
 * ```
 */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const image = new Image();
  // As data, not as a blob: a page may forbid itself all other sources.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = html("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("pngOf(): the browser has no canvas to draw on");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("pngOf(): the browser made no PNG")) : resolve(blob)),
      "image/png",
    );
  });
}

/**
 * Hands a file to the reader, as a download.
 *
 * @example
 * ```ts
 * const save = (file: File) => download(file.name, file);
 * console.log(save.length); // 1
 * ```
 */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = html("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser takes the bytes after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What an export menu writes. */
export interface ExportOptions {
  /** Of the files, without an ending. */
  readonly name: string;
  readonly view: Pick<PictureView, "svg">;
  /** Rows behind the picture. */
  readonly table?: () => Table;
}

/**
 * Puts a menu into an element that exports a view as SVG, PNG and CSV.
 *
 * @example
 * ```ts
 * const add = (host: HTMLElement, view: PictureView) => exportMenu(host, { name: "plane", view });
 * console.log(add.length); // 2
 * ```
 */
export function exportMenu(host: HTMLElement, { name, view, table }: ExportOptions): void {
  const items = html("div", {});
  const menu = html(
    "details",
    { class: "export" },
    html("summary", { "aria-label": `Export ${name}` }, "Export ▾"),
    items,
  );
  const item = (label: string, ending: string, make: () => Blob | Promise<Blob>) => {
    const button = html("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      menu.open = false;
      download(`${name}.${ending}`, await make());
    });
    items.append(button);
  };
  item("SVG", "svg", () => new Blob([view.svg()], { type: "image/svg+xml" }));
  item("PNG", "png", () => pngOf(view.svg()));
  if (table !== undefined) item("CSV", "csv", () => new Blob([csvOf(table())], { type: "text/csv" }));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")!.focus();
    event.stopPropagation();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null)) menu.open = false;
  });
  host.append(menu);
}
