/** Two models of dense layers are equal where their layers are: their operations hold functions, which no two have in common. */
import { expect } from "vitest";
import { Model } from "../packages/core/src/model/model.ts";

expect.addEqualityTesters([
  function (a, b) {
    if (!(a instanceof Model && b instanceof Model) || a.chain === undefined || b.chain === undefined) return undefined;
    return this.equals(a.chain, b.chain);
  },
]);
