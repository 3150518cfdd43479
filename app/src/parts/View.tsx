/** A view of @causalscope/report/views in the page. */
import type { View as Drawn, PictureView, Store } from "@causalscope/report/views";
import { useEffect, useRef } from "preact/hooks";
import { type Picture, register } from "../state/pictures.ts";

interface ViewProps {
  readonly store: Store;
  readonly draw: (host: HTMLElement, store: Store) => Drawn;
  readonly className: string;
  /** What an export calls its picture, where it can be exported. */
  readonly picture?: Omit<Picture, "svg">;
}

/** Makes the view when the store is there, and again for another store. */
export function View({ store, draw, className, picture }: ViewProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = draw(host.current!, store);
    const unregister =
      picture && "svg" in drawn ? register({ ...picture, svg: () => (drawn as PictureView).svg() }) : () => {};
    return () => {
      unregister();
      drawn.destroy();
    };
  }, [store, draw]);
  return <div class={className} ref={host} />;
}
