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

/** Calls when the page has another theme. Returns what ends it. */
function watchTheme(changed: () => void): () => void {
  const attributes = new MutationObserver(changed);
  attributes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => {
    attributes.disconnect();
    dark.removeEventListener("change", changed);
  };
}

/** A view in its place. */
interface Placed extends View {
  /** Draws other content, in the width and the colours known: to ask for them again would have the page laid out in between. */
  again(): void;
  /** Whether nobody sees it: it is drawn when it is seen again. */
  isHidden(): boolean;
  /** Draws what waits until it is seen: for a file. */
  settle(): void;
}

/**
 * Draws a view into its place at once, and again where that has another width or theme. What it listens to ends with it.
 *
 * @param draw is told the width, and whether colours may be others than before.
 */
export function placed(
  root: HTMLElement,
  draw: (width: number, isNew: boolean) => void,
  ...ends: readonly (() => void)[]
): Placed {
  let width = root.clientWidth;
  let hidden = width === 0;
  let waits = false;
  const redraw = () => {
    hidden = root.clientWidth === 0;
    waits = hidden;
    if (hidden) return;
    width = root.clientWidth;
    draw(width, true);
  };
  const sizes = new ResizeObserver(() => {
    if (root.clientWidth !== (hidden ? 0 : width)) redraw();
  });
  sizes.observe(root);
  const unwatch = watchTheme(redraw);
  draw(width, true);
  return {
    redraw,
    again() {
      waits = hidden;
      if (!hidden) draw(width, false);
    },
    isHidden: () => hidden,
    settle() {
      if (waits) draw(width, true);
      waits = false;
    },
    destroy() {
      for (const end of ends) end();
      sizes.disconnect();
      unwatch();
      root.remove();
    },
  };
}

/** A canvas of so many pixels of the page, sharp on the screen's own; empty. */
export function sizedCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const density = Math.min(2, Math.max(1, globalThis.devicePixelRatio || 1));
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  const context = canvas.getContext("2d");
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  } else context?.reset();
  context?.scale(density, density);
  return context;
}
