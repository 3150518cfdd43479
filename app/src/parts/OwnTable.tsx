/** What a table of one's own holds, and how it is read. */
import { expects } from "../state/data.ts";
import { changeTable } from "../state/given-data.ts";
import { actions } from "../state/keys.ts";
import { nameOfTable, question, tables } from "../state/session.ts";

export function OwnTable() {
  const { table } = question.value;
  const found = table && tables.value.get(nameOfTable(table));
  if (table === undefined) return null;
  if (found === undefined) return <p class="wide small muted">{table.data} has not been dropped yet.</p>;
  const { rows, columns, classes } = found;
  return (
    <>
      <p class="wide small" title={`Inputs: ${some(columns)}. Classes: ${some(classes)}. Nothing is uploaded.`}>
        {rows.toLocaleString("en")} rows, {columns.length.toLocaleString("en")} inputs, {classes.length} classes
      </p>
      <span>labels</span>
      <button
        type="button"
        class="cut"
        title="Labels in a file of their own: drop it, or choose it here"
        onClick={() => {
          expects.value = "labels";
          actions.open();
        }}
      >
        {table.labels ?? (/\.npz$/i.test(table.data) ? "in the archive" : "last column")}
      </button>
      <label for="table-scale" title="What is made of the inputs">
        scaling
      </label>
      <select
        id="table-scale"
        value={table.scale ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          changeTable({ scale: value === "" ? undefined : (value as "none") });
        }}
      >
        <option value="">if needed</option>
        <option value="none">none</option>
        <option value="minmax">min to max</option>
        <option value="zscore">z-scores</option>
      </select>
      {table.missing !== undefined && <p class="wide small muted">Rows with missing values are dropped.</p>}
    </>
  );
}

const MOST_NAMES = 12;

function some(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")} …` : names.join(", ");
}
