/** Which tensor of the manifest is which weight of which layer. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import type { Shape } from "../../model/graph.ts";
import type { Tensor } from "../../model/tensor.ts";
import { sizesText } from "./checked.ts";
import type { KerasLayer } from "./keras-layer.ts";
import { requireFinite } from "./weights.ts";

export class KerasWeights {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #who: string;
  /** By the layer's name and the weight's, whatever stands before or between them: null where several have both. */
  readonly #bySuffix = new Map<string, Tensor | null>();
  readonly #owners = new Map<Tensor, string>();
  readonly #finite = new Set<Tensor>();

  constructor(tensors: ReadonlyMap<string, Tensor>, who: string) {
    this.#tensors = tensors;
    this.#who = who;
    for (const tensor of tensors.values()) {
      const parts = tensor.name.split("/");
      const weight = parts.at(-1);
      // TensorFlow 2.2 puts the name of a cell between them; models within models put their names before.
      for (const layer of new Set([parts.at(-2), parts.at(-3)])) {
        if (layer === undefined) continue;
        const key = `${layer}/${weight}`;
        this.#bySuffix.set(key, this.#bySuffix.has(key) ? null : tensor);
      }
    }
  }

  /** The weights of one layer; `path` is that of the models that it is in, with the number of the call. */
  of(path: string, layer: string, who: string): Pick<KerasLayer, "weight" | "weightShape"> {
    const plainPath = path.replace(/#\d+\//g, "/");
    const find = (name: string): Tensor | undefined =>
      this.#tensors.get(`${plainPath}${layer}/${name}`) ??
      this.#tensors.get(`${layer}/${name}`) ??
      this.#bySuffix.get(`${layer}/${name}`) ??
      undefined;
    return {
      weightShape: (name): Shape | undefined => find(name)?.shape,
      weight: (name, expected) => {
        const tensor = find(name);
        checkFile(tensor !== undefined, () => ({
          who,
          expected: `the weight "${layer}/${name}" in the weights manifest`,
          got: "none",
        }));
        const owner = this.#owners.get(tensor) ?? `${plainPath}${layer}`;
        checkFile(owner === `${plainPath}${layer}`, () => ({
          who: this.#who,
          expected: "weights of one layer each",
          got: `"${tensor.name}" for "${owner}" and "${plainPath}${layer}"`,
        }));
        this.#owners.set(tensor, owner);
        requireShape(tensor, expected, who);
        if (!this.#finite.has(tensor)) requireFinite(tensor, this.#who);
        this.#finite.add(tensor);
        return tensor;
      },
    };
  }
}

function requireShape({ name, shape }: Tensor, expected: readonly (number | undefined)[], who: string): void {
  const fits =
    shape.length === expected.length &&
    shape.every((size, axis) => size >= 1 && (expected[axis] === undefined || size === expected[axis]));
  if (!fits) {
    const wanted = `the shape ${sizesText(expected)}`;
    throw new FormatError({ who: `${who}: weight "${name}"`, expected: wanted, got: sizesText(shape) });
  }
}
