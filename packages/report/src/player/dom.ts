/** Making elements. Text goes in as text nodes only, so no name out of a run can become markup. */

// Taken from the page's own icon: the page then holds no address at all, not even a namespace's.
const SVG_NAMESPACE = document.querySelector("svg")!.namespaceURI!;

type Attributes = Readonly<Record<string, string | number | undefined>>;

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  parent?: Element,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG_NAMESPACE, tag) as SVGElementTagNameMap[K];
  setAttributes(element, attributes);
  parent?.append(element);
  return element;
}

export function svgText(content: string, attributes: Attributes, parent: Element): SVGTextElement {
  const element = svg("text", attributes, parent);
  element.textContent = content;
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

export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(name, String(value));
}

/** One decimal of a pixel is finer than any screen, and keeps paths short. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}
