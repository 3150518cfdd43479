/** Parts of the page that are loaded when they are first shown. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";

/** A component that draws nothing until it has been loaded. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const loaded = signal<ComponentType<Props> | undefined>(undefined);
  let asked = false;
  return (props: Props) => {
    if (!asked) {
      asked = true;
      load().then(
        (found) => {
          loaded.value = found;
        },
        () => {
          // Without a network, a second look may find it.
          asked = false;
        },
      );
    }
    const Loaded = loaded.value;
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
