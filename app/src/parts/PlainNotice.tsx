/** Says that this page computes slowly, and why: by a policy of its host, for every browser that the page is made for has WebAssembly. */
import { useSignal } from "@preact/signals";
import { kernels } from "../state/session.ts";

export function PlainNotice() {
  const dismissed = useSignal(false);
  const isPlain = kernels.value === "typescript" && !dismissed.value;
  // The element is there before its words: a screen reader then reads them out.
  return (
    <div role="status" class={isPlain ? "banner notice" : "notice"}>
      {isPlain && (
        <>
          <span>WebAssembly is not allowed here: plain TypeScript, about 5 times slower, the same values</span>
          <span class="grow" />
          <button
            type="button"
            onClick={() => {
              dismissed.value = true;
            }}
          >
            Dismiss
          </button>
        </>
      )}
    </div>
  );
}
