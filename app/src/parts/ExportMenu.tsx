/** The menu that takes things out of the page. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { actions } from "../state/keys.ts";
import { later } from "./later.tsx";

const ExportChoices = later(() => import("./ExportChoices.tsx").then((part) => part.ExportChoices));

export function ExportMenu() {
  const open = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    actions.export = () => {
      open.value = !open.value;
      if (open.value) queueMicrotask(() => menu.current?.querySelector<HTMLElement>(".choices button")?.focus());
    };
    const close = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, []);
  return (
    // Escape closes the menu, and gives the focus back.
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within
    <div
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        menu.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        aria-expanded={open.value}
        title="Export (E)"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Export ▾
      </button>
      {open.value && (
        <div class="choices">
          <ExportChoices
            close={() => {
              open.value = false;
            }}
          />
        </div>
      )}
    </div>
  );
}
