/** What can be found by name: layers, units, wires, epochs. */
import type { Picked } from "@causalscope/report/views";
import type { RunHead } from "../engine/protocol.ts";

export interface Place {
  readonly title: string;
  readonly picked?: Picked;
  readonly epoch?: number;
}

/** More than these are not listed. */
const MOST_FOUND = 12;

/**
 * Places that a text names: "2" and "L2" the layer, "L2.3" its third unit, "L2:3-5" the wire from unit 3 to unit 5, "e 300" an epoch, and all layers
 * whose name has the text in it.
 */
export function placesOf(text: string, head: RunHead, epochs: readonly number[], seed: number): readonly Place[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const found: Place[] = [];
  const layerAt = (number: string | undefined) => {
    const layer = Number(number) - 1;
    return head.layers[layer] === undefined ? undefined : layer;
  };
  const [, ofWire, from, to] = /^l?(\d+)\s*:\s*(\d+)\s*(?:-|→|>)+\s*(\d+)$/.exec(wanted) ?? [];
  const wired = layerAt(ofWire);
  if (wired !== undefined && isWithin(from, head.layers[wired]!.inputs) && isWithin(to, head.layers[wired]!.outputs))
    found.push({
      title: `wire ${from} → ${to} of L${wired + 1}`,
      picked: { kind: "wire", layer: wired, from: Number(from) - 1, to: Number(to) - 1 },
    });
  const [, ofUnit, unit] = /^l?(\d+)\s*[. ]\s*(\d+)$/.exec(wanted) ?? [];
  const owner = layerAt(ofUnit);
  if (owner !== undefined && isWithin(unit, head.layers[owner]!.outputs))
    found.push({
      title: `unit ${unit} of L${owner + 1}`,
      picked: { kind: "unit", layer: owner, unit: Number(unit) - 1 },
    });
  const number = /^l?(\d+)$/.exec(wanted)?.[1];
  for (const [layer, { name, inputs, outputs }] of head.layers.entries())
    if (layer === layerAt(number) || name.toLowerCase().includes(wanted))
      found.push({ title: `L${layer + 1}: ${name}, ${inputs} → ${outputs}`, picked: { kind: "layer", seed, layer } });
  const epoch = /^(?:e(?:poch)?\s*|@)?(\d+)$/.exec(wanted)?.[1];
  if (epoch !== undefined) for (const each of epochs) if (`${each}`.startsWith(epoch)) found.push(placeAt(each));
  return found.slice(0, MOST_FOUND);
}

const placeAt = (epoch: number): Place => ({ title: `epoch ${epoch.toLocaleString("en")}`, epoch });

const isWithin = (text: string | undefined, count: number) => Number(text) >= 1 && Number(text) <= count;
