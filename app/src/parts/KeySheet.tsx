/** The sheet of keys. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { KEYS } from "../state/keys.ts";

export const sheetOpen = signal(false);

export function KeySheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = sheetOpen.value;
  useEffect(() => {
    if (open) dialog.current!.showModal();
    else dialog.current!.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      onClose={() => {
        sheetOpen.value = false;
      }}
      aria-labelledby="keys-title"
    >
      <h2 id="keys-title">Keys</h2>
      <div class="keys">
        {KEYS.map(({ shown, does }) => (
          <div key={does}>
            <span>
              {shown.map((key) => (
                <>
                  <kbd>{key}</kbd>{" "}
                </>
              ))}
            </span>
            {does}
          </div>
        ))}
      </div>
      <p class="buttons">
        <button
          type="button"
          onClick={() => {
            sheetOpen.value = false;
          }}
        >
          Close
        </button>
      </p>
    </dialog>
  );
}
