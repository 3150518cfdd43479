/** A dialog over the page; Escape closes it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dialog } from "../state/keys.ts";

/** By the dialog itself, which gives the focus back to what had it. */
export function closeDialog(): void {
  document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
}

export function Dialog({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current!.showModal(), []);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onClose={() => {
        dialog.value = undefined;
      }}
    >
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
