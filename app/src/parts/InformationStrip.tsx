/** What layers tell of examples and labels, over the epochs. */
import { type Store, type StripView, stripView } from "@causalscope/report/views";
import { effect } from "@preact/signals";
import { informationPanels, informationProblem, informationTable } from "../state/information.ts";
import { View } from "./View.tsx";
import { STRIP_HEIGHT } from "./values.ts";

/** Follows what comes. */
function drawInformation(host: HTMLElement, store: Store): StripView {
  const drawn = stripView(host, store, { panels: informationPanels.peek(), height: STRIP_HEIGHT });
  const stop = effect(() => drawn.show(informationPanels.value));
  return {
    ...drawn,
    destroy() {
      stop();
      drawn.destroy();
    },
  };
}

export function InformationStrip({ store }: { store: Store }) {
  return (
    <>
      {informationProblem.value !== undefined && (
        <p class="small wrong" role="status">
          {informationProblem.value}
        </p>
      )}
      <View
        className="strip-host"
        store={store}
        draw={drawInformation}
        picture={{ name: "information", title: "Information plane", table: informationTable }}
      />
    </>
  );
}
