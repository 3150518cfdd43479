/** What the page needs of the user's data, or what is wrong with them: in the place of the readout. */
import { computed } from "@preact/signals";
import { absent, changeTable, problem } from "../state/data.ts";
import { actions } from "../state/keys.ts";
import { isOfRun } from "../state/session.ts";

/** A run that was opened is shown without its data. */
const lacks = computed(() => (isOfRun.value ? [] : absent.value));

export const hasNotice = computed(() => problem.value !== undefined || lacks.value.length > 0);

export function DataNotice() {
  const wrong = problem.value;
  const files = lacks.value;
  return (
    <p class="readout error" role="alert">
      <span class="actions">
        {files.length > 0 && (
          <button type="button" onClick={() => actions.open()}>
            Choose …
          </button>
        )}
        {wrong?.table !== undefined && /missing value/.test(wrong.message) && (
          <button type="button" onClick={() => changeTable({ missing: "drop-rows" })}>
            Drop these rows
          </button>
        )}
        {wrong !== undefined && (
          <button
            type="button"
            onClick={() => {
              problem.value = undefined;
            }}
          >
            Close
          </button>
        )}
      </span>
      {wrong?.message}
      {wrong !== undefined && files.length > 0 && " "}
      {files.length > 0 && (
        <>
          This question needs{" "}
          {files.map(({ name, sha256 }, k) => (
            <>
              {k > 0 && " and "}
              <strong>{name}</strong>
              {sha256 !== undefined && <span title={sha256}> (SHA-256 {sha256.slice(0, 16)}…)</span>}
            </>
          ))}
          : drop {files.length > 1 ? "them" : "it"} here. Nothing is uploaded.
        </>
      )}
    </p>
  );
}
