/** A view of @causalscope/report/views in the page. */
import type { Store } from "@causalscope/report/views";
import { useEffect, useRef } from "preact/hooks";

/** What every view gives back. */
export interface Drawn {
  readonly destroy: () => void;
  readonly redraw: () => void;
}

/** Makes the view when the store is there, and again for another store. */
export function View({ store, draw, className }: { store: Store; draw: (host: HTMLElement, store: Store) => Drawn; className: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = draw(host.current!, store);
    let width = host.current!.clientWidth;
    const sized = new ResizeObserver(([entry]) => {
      if (Math.abs(entry!.contentRect.width - width) < 1) return;
      width = entry!.contentRect.width;
      drawn.redraw();
    });
    sized.observe(host.current!);
    return () => {
      sized.disconnect();
      drawn.destroy();
    };
  }, [store, draw]);
  return <div class={className} ref={host} />;
}
