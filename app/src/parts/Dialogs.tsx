/** Keys, words, finding by name, a note at the epoch that is shown, and pictures as tables. */
import type { Table } from "@causalscope/report/views";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Place, placesOf } from "../state/find.ts";
import { KEYS } from "../state/key-names.ts";
import { dialog } from "../state/keys.ts";
import { note, notes } from "../state/notes.ts";
import { type Picture, pictures } from "../state/pictures.ts";
import { head } from "../state/run.ts";
import * as view from "../state/view.ts";
import { closeDialog, Dialog } from "./Dialog.tsx";

/** The dialog that is open. */
export function Dialogs() {
  const epoch = view.epoch.value;
  switch (dialog.value) {
    case "keys":
      return (
        <Dialog title="Keys">
          <KeySheet />
        </Dialog>
      );
    case "terms":
      return (
        <Dialog title="What is shown">
          <Terms />
        </Dialog>
      );
    case "find":
      return (
        <Dialog title="Find">
          <Search />
        </Dialog>
      );
    case "note":
      return (
        <Dialog title={`Note at epoch ${epoch.toLocaleString("en")}`}>
          <NoteForm epoch={epoch} />
        </Dialog>
      );
    case "table":
      return (
        <Dialog title="As a table">
          <Rows />
        </Dialog>
      );
    default:
      return null;
  }
}

/** More rows than this are for a file. */
const MOST_ROWS = 1000;

/** The rows behind each picture: those of its CSV file. */
function Rows() {
  const chosen = useSignal("");
  const all = pictures.value;
  const picture = all.find(({ name }) => name === chosen.value) ?? all[0];
  if (picture === undefined) return <p>There is no run yet.</p>;
  return (
    <>
      <label>
        Rows of{" "}
        <select
          value={picture.name}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {all.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <RowsOf key={picture.name} picture={picture} />
      <Close />
    </>
  );
}

function Close() {
  return (
    <p class="buttons">
      <button type="button" onClick={closeDialog}>
        Close
      </button>
    </p>
  );
}

function RowsOf({ picture }: { picture: Picture }) {
  const table = useSignal<Table | undefined>(undefined);
  useEffect(() => {
    Promise.resolve(picture.table()).then((found) => {
      table.value = found;
    });
  }, [picture]);
  if (table.value === undefined) return null;
  const { columns, rows } = table.value;
  return (
    <>
      {rows.length > MOST_ROWS && (
        <p class="small muted">
          The first {MOST_ROWS.toLocaleString("en")} of {rows.length.toLocaleString("en")} rows; the export has all.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section class="scroll rows" tabIndex={0} aria-label={`Rows of ${picture.title}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((row, k) => (
              <tr key={k}>
                {row.map((cell, c) => (
                  <td key={columns[c]}>{typeof cell === "number" ? Number(cell.toPrecision(6)) : (cell ?? "–")}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const TERMS = [
  [
    "bins",
    "Values of each unit are read in so many equal bins of its range: with 8 bins a unit can tell 3 bits at most.",
  ],
  [
    "EI, effective information",
    "Noise of maximum entropy goes into all inputs of a layer: every value equally often. EI says how many bits of it arrive at the outputs.",
  ],
  ["sensitivity", "What single wires transmit, every other input at rest, summed over the wires."],
  [
    "degeneracy = sensitivity − EI",
    "How much the wires overlap: what several of them tell twice. Below 0, bins are too coarse for what single wires do.",
  ],
  ["EI_parts", "What single wires transmit while all other inputs are noise, summed over the wires."],
  ["φ = EI − EI_parts", "What only the whole layer carries, and no wire alone."],
  [
    "causal plane",
    "Each layer at its EI (right) and degeneracy (up); “paper” has degeneracy and sensitivity instead. Trails lead through the training.",
  ],
  [
    "±",
    "Standard error of measuring; marks in the plane reach two of them. “exact” has none. Seeds differ by more than that: the band shows all of them.",
  ],
  [
    "I(X; T), I(Y; T)",
    "What a layer's values tell of which example was shown, and of its label, on the training examples.",
  ],
] as const;

function Terms() {
  return (
    <>
      <dl class="terms">
        {TERMS.map(([term, meaning]) => (
          <>
            <dt key={term}>{term}</dt>
            <dd key={`${term} meaning`}>{meaning}</dd>
          </>
        ))}
      </dl>
      <p class="small muted">
        Mattsson, Michaud & Hoel, “Examining the causal structures of deep neural networks using information theory”
        (2020); Geiger et al., “Understanding neural networks with information theory”.
      </p>
      <Close />
    </>
  );
}

function KeySheet() {
  return (
    <>
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
      <Close />
    </>
  );
}

function Search() {
  const text = useSignal("");
  const asked = head.value;
  const found = asked === undefined ? [] : placesOf(text.value, asked, view.epochs.value, view.state.value?.seed ?? 0);
  const go = ({ picked, epoch }: Place) => {
    if (picked !== undefined) view.pin(picked);
    if (epoch !== undefined) view.showEpoch(epoch);
    closeDialog();
  };
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        if (found[0] !== undefined) go(found[0]);
      }}
    >
      <label>
        <span class="small muted">a layer (L2), a unit (L2.3), a wire (L2:3-5), an epoch (e 300)</span>
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <ul>
        {found.map((place) => (
          <li key={place.title}>
            <button type="button" onClick={() => go(place)}>
              {place.title}
            </button>
          </li>
        ))}
      </ul>
      <p class="small muted" role="status">
        {text.value !== "" && found.length === 0 ? "No match in this run." : ""}
      </p>
    </form>
  );
}

function NoteForm({ epoch }: { epoch: number }) {
  const text = useSignal(notes.peek().find((each) => each.epoch === epoch)?.text ?? "");
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        note(epoch, text.value);
        closeDialog();
      }}
    >
      <label>
        <span class="small muted">
          It is saved with the run. Ctrl+Enter keeps it; without text, the note is taken away.
        </span>
        <textarea
          rows={4}
          maxLength={2000}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
      </label>
      <p class="buttons">
        <button type="submit" class="primary">
          Keep
        </button>
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
      </p>
    </form>
  );
}
