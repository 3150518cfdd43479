/** Making elements, and knowing when a view must be drawn anew. Text goes in as text nodes only, so no name out of a run can become markup. */
import type { Shape } from "./drawing.ts";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What every view returns. */
export interface View {
  /** Draws everything anew: after a change that the view cannot see. */
  redraw(): void;
  /** Takes the view out of its host, and ends what it listens to. */
  destroy(): void;
}

/** A view that can be written as a file. */
export interface PictureView extends View {
  /** What it shows now, as a standalone SVG file. Default theme light. */
  svg(theme?: "light" | "dark"): string;
}

let namespace: string | undefined;

function svgNamespace(): string {
  if (namespace === undefined) {
    // Asked of the parser: the page then holds no address at all, not even a namespace's.
    const template = document.createElement("template");
    template.innerHTML = "<svg></svg>";
    namespace = template.content.firstElementChild!.namespaceURI!;
  }
  return namespace;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  parent?: Element,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgNamespace(), tag) as SVGElementTagNameMap[K];
  setAttributes(element, attributes);
  parent?.append(element);
  return element;
}

/** Draws a shape of `drawing.ts` into the page. */
export function drawn({ tag, attributes, children }: Shape, parent?: Element): SVGElement {
  const element = svg(tag as keyof SVGElementTagNameMap, attributes, parent);
  for (const child of children) {
    if (typeof child === "string") element.append(child);
    else drawn(child, element);
  }
  return element;
}

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

function setAttributes(element: HTMLElement | SVGElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    // As a property: a page may forbid itself the attribute.
    if (name === "style") element.style.cssText = String(value);
    else if (value !== undefined) element.setAttribute(name, String(value));
  }
}

/** Calls when the host has another width, or the page another theme. Returns what ends it. */
function watchHost(host: HTMLElement, changed: () => void): () => void {
  let width = host.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (host.clientWidth === width) return;
    width = host.clientWidth;
    changed();
  });
  sizes.observe(host);
  const attributes = new MutationObserver(changed);
  attributes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => {
    sizes.disconnect();
    attributes.disconnect();
    dark.removeEventListener("change", changed);
  };
}

/** Draws a view into its place at once, and again where that has another width or theme. What it listens to ends with it. */
export function placed(root: HTMLElement, redraw: () => void, ...ends: readonly (() => void)[]): View {
  const unwatch = watchHost(root, redraw);
  redraw();
  return {
    redraw,
    destroy() {
      for (const end of ends) end();
      unwatch();
      root.remove();
    },
  };
}

/** A canvas of so many pixels of the page, sharp on the screen's own. */
export function sizedCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const density = Math.min(2, Math.max(1, globalThis.devicePixelRatio || 1));
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  context?.scale(density, density);
  return context;
}
