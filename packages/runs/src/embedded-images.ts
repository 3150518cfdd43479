/** The images in the package: 200 kB, loaded where a network learns from them. */
import type { Dataset } from "@causalscope/core";
import { digits, smallMnist } from "@causalscope/core/datasets";

export function embeddedImages(name: "mnist" | "digits"): Dataset {
  return name === "mnist" ? smallMnist() : digits();
}
