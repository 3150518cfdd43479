/** The button that lets go of what is pinned. */
import * as view from "../state/view.ts";

export function Unpin() {
  return (
    <button type="button" aria-label="Unpin" title="Unpin (Esc)" onClick={() => view.pin(undefined)}>
      ×
    </button>
  );
}
