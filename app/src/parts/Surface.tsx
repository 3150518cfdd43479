/** Data of two features, and what the network makes of them. */
import { surfaceView } from "@causalscope/report/views";
import { examples, surface } from "../state/network.ts";
import { examplesTable } from "../state/tables.ts";
import { Drawing } from "./Drawing.tsx";
import { surfacePicture } from "./surface-picture.ts";

export function Surface() {
  return (
    <div class="card">
      <h3>Data, and what the network makes of it</h3>
      <Drawing
        className="surface-host"
        make={(host, picture) => surfaceView(host, { picture })}
        picture={() => examples.value && surfacePicture(examples.value, surface.value)}
        exported={{
          name: "data",
          title: "Data and decision",
          table: () => examplesTable(examples.peek(), surface.peek()),
        }}
      />
    </div>
  );
}
