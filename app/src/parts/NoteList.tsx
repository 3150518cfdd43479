/** All notes of a run, to go back to. */
import { notes } from "../state/notes.ts";
import * as view from "../state/view.ts";

export function NoteList() {
  return (
    <section class="card" aria-label="Notes">
      <h3>Notes</h3>
      <ul class="notes">
        {notes.value.map(({ epoch, text }) => (
          <li key={epoch}>
            <button type="button" onClick={() => view.showEpoch(epoch)}>
              epoch {epoch.toLocaleString("en")}
            </button>{" "}
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
