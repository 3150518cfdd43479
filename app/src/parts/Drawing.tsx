/** A picture of @causalscope/report/views that signals fill. */
import type { PictureView } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Picture, register } from "../state/pictures.ts";

interface DrawingProps<P> {
  readonly make: (host: HTMLElement, picture: P) => PictureView & { show(picture: P): void };
  /** Reads the signals that it follows; undefined while there is nothing to be shown. */
  readonly picture: () => P | undefined;
  readonly className: string;
  readonly hidden?: boolean;
  /** What an export calls it, where it can be exported. */
  readonly exported?: Omit<Picture, "svg">;
}

/** Made with the first picture, and shows the others. */
export function Drawing<P>({ make, picture, className, hidden, exported }: DrawingProps<P>) {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<ReturnType<typeof make> | undefined>(undefined);
  useSignalEffect(() => {
    const next = picture();
    if (next === undefined || host.current === null) return;
    if (drawing.current === undefined) drawing.current = make(host.current, next);
    else drawing.current.show(next);
  });
  useEffect(() => {
    const unregister = exported && register({ ...exported, svg: () => drawing.current!.svg() });
    return () => {
      unregister?.();
      drawing.current?.destroy();
    };
  }, []);
  return <div class={className} ref={host} hidden={hidden} />;
}
