/** Says that this page computes slowly, and why: by a policy of its host, for every browser that the page is made for has WebAssembly. */
import { signal, useSignalEffect } from "@preact/signals";
import { say } from "../state/said.ts";
import { kernels } from "../state/session.ts";

const TEXT = "WebAssembly is not allowed here: plain TypeScript, about 5 times slower, the same values";
const dismissed = signal(false);

export function PlainNotice() {
  useSignalEffect(() => {
    if (kernels.value === "typescript") say(TEXT);
  });
  if (kernels.value !== "typescript" || dismissed.value) return null;
  return (
    <section class="banner notice" aria-label="Notice">
      <span>{TEXT}</span>
      <span class="grow" />
      <button
        type="button"
        onClick={() => {
          dismissed.value = true;
        }}
      >
        Dismiss
      </button>
    </section>
  );
}
