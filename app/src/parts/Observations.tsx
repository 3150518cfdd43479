/** What the paper's authors saw, beside what this run shows. */

import { observations } from "../state/observations.ts";
import { status, version } from "../state/run.ts";
import * as view from "../state/view.ts";

export function Observations() {
  void version.value;
  const data = view.store.value?.data;
  if (data === undefined || data.epochs.length < 3) return null;
  return (
    <details class="card" open={status.value === "done"}>
      <summary>
        <strong>What the paper's authors saw, and this run</strong>
      </summary>
      <ul class="observations">
        {observations(data).map(({ claim, holds, because }) => (
          <li key={claim}>
            <strong class={holds === undefined ? "muted" : holds ? "yes" : "no"}>
              {holds === undefined ? "?" : holds ? "✓" : "✗"} {claim}
            </strong>{" "}
            {holds === undefined ? "Cannot be judged: " : holds ? "So here: " : "Not here: "}
            {because}.
          </li>
        ))}
      </ul>
    </details>
  );
}
