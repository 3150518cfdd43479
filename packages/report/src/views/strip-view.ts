/** Curves over the epochs with a cursor at the moment shown; pressing or dragging on them moves the moment. */
import { momentName } from "../data.ts";
import { drawn, html, type PictureView, placed, svg } from "./dom.ts";
import { px, shape, svgFile } from "./drawing.ts";
import { LIVE, layerPaint, THEMES } from "./paint.ts";
import { between, checkpoint, pickedLayer, type Store } from "./store.ts";
import { panelName, type StripPanel, type StripScene, stripScene, stripShapes } from "./strip-scene.ts";

/** What a strip of curves shows. */
export interface StripOptions {
  /** From top to bottom. Default EI and loss. */
  readonly panels?: readonly StripPanel[];
  /** Of all panels and the axis, in pixels. Default 240. */
  readonly height?: number;
}

/** A strip of curves, whose panels can be changed. */
export interface StripView extends PictureView {
  /** Shows other panels. */
  show(panels: readonly StripPanel[]): void;
}

interface Follower {
  readonly panel: number;
  readonly line: number;
  readonly dot: SVGCircleElement;
}

/**
 * Draws curves of the store's run over its epochs into an element: EI of the layers with the error of measuring, loss and accuracy of training and
 * test data, φ, or another measure. The ground is darker where the loss falls faster.
 *
 * @example
 * ```ts
 * const show = (host: HTMLElement, store: Store) => stripView(host, store, { panels: ["ei", "loss"] });
 * console.log(show.length); // 2
 * ```
 */
export function stripView(host: HTMLElement, store: Store, options: StripOptions = {}): StripView {
  const height = options.height ?? 240;
  const root = html("div", { class: "view strip" });
  host.append(root);
  let panels = options.panels ?? ["ei", "loss"];
  const ground = svg("svg", { class: "layer curve", role: "img" }, root);
  const top = svg("svg", { class: "layer top", "aria-hidden": "true" }, root);
  let scene: StripScene;
  let cursor: SVGPathElement;
  let followers: Follower[] = [];

  function layout(wide: number): void {
    const width = Math.max(260, wide);
    root.style.height = `${height}px`;
    scene = stripScene(store, panels, { width, height });
    for (const each of [ground, top]) {
      each.setAttribute("viewBox", `0 0 ${width} ${height}`);
      each.replaceChildren();
    }
    ground.setAttribute("aria-label", `${panels.map(panelName).join(", ")} over the epochs`);
    for (const each of stripShapes(scene, LIVE)) drawn(each, ground);
    const d = scene.panels.map(({ box }) => `M0,${px(box.top)}V${px(box.bottom)}`).join("");
    cursor = svg("path", { d, class: "cursor", stroke: LIVE.accent, "stroke-width": 1.8, fill: "none" }, top);
    followers = scene.panels.flatMap(({ lines }, panel) =>
      lines.map(({ layer, second }, line) => {
        const fill = layer === undefined ? (second ? LIVE.muted : LIVE.ink) : layerPaint(LIVE, layer);
        const style = { r: 4, fill, stroke: LIVE.page, "stroke-width": 1.2, class: "follower" };
        return { panel, line, dot: svg("circle", style, top) };
      }),
    );
    move();
    emphasize();
  }

  function move(): void {
    const { position } = store.state;
    const at = px(scene.x.at(between(store.data.epochs, position) ?? 0));
    cursor.setAttribute("transform", `translate(${at})`);
    for (const { panel, line, dot } of followers) {
      const { y, lines } = scene.panels[panel]!;
      const value = between(lines[line]!.mean, position);
      const display = value === null ? "none" : "";
      if (dot.style.display !== display) dot.style.display = display;
      if (value !== null) dot.setAttribute("transform", `translate(${at},${px(y.at(value))})`);
    }
  }

  /** The lines of a layer that is pointed at or pinned stand out. */
  function emphasize(): void {
    const picked = pickedLayer(store);
    for (const group of ground.querySelectorAll<SVGGElement>(".lines[data-layer]")) {
      const own = picked === undefined || Number(group.dataset.layer) === picked.layer;
      group.style.opacity = own ? "" : "0.3";
    }
  }

  function seek(event: PointerEvent): void {
    const { left } = root.getBoundingClientRect();
    const { epochs } = store.data;
    const pixel = event.clientX - left;
    let best = 0;
    for (const [e, epoch] of epochs.entries())
      if (Math.abs(scene.x.at(epoch) - pixel) < Math.abs(scene.x.at(epochs[best]!) - pixel)) best = e;
    store.set({ position: best, playing: false });
  }

  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    seek(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) seek(event);
  });
  const unsubscribe = store.subscribe((changes) => {
    if (place.isHidden() || changes.has("data") || changes.has("layers") || changes.has("seeds")) place.again();
    else if (changes.has("position")) move();
    if (changes.has("hovered") || changes.has("pinned")) emphasize();
  });
  const place = placed(root, layout, unsubscribe);
  return {
    ...place,
    show(others) {
      panels = others;
      place.again();
    },
    svg(theme = "light") {
      place.settle();
      const paint = THEMES[theme];
      const { width } = scene;
      const at = px(scene.x.at(store.data.epochs[checkpoint(store)]!));
      const [first, last] = [scene.panels[0]!.box, scene.panels[scene.panels.length - 1]!.box];
      const line = shape("path", {
        d: `M${at},${px(first.top)}V${px(last.bottom)}`,
        stroke: paint.accent,
        "stroke-width": 1.8,
      });
      const title = `${store.data.study}: ${panels.map(panelName).join(", ")}, ${momentName(store.data, store.data.epochs[checkpoint(store)]!)}`;
      return svgFile(width, height, paint.page, title, [...stripShapes(scene, paint), line]);
    },
  };
}
