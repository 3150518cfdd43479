/** A dialog over the page; Escape closes it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dialog } from "../state/keys.ts";

export function closeDialog(): void {
  dialog.value = undefined;
}

export function Dialog({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current!.showModal(), []);
  return (
    <dialog ref={element} aria-label={title} onClose={closeDialog}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
