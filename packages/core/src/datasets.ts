/** Data sets and what makes them, apart from the core: the images alone are larger than it. */

// A data set of one's own
export {
  type Dataset,
  type DatasetSpec,
  dataset,
  pick,
  scaleInputs,
  split,
  type TableSpec,
} from "./datasets/dataset.ts";
export type { CellTable, Missing, NumberTable } from "./datasets/number-table.ts";
export { type TableOptions, tableFrom } from "./datasets/read-table.ts";
export { type LabelledTable, type LabelSource, labelledTable } from "./datasets/labelled-table.ts";
export { type ImageFile, imagesFrom } from "./datasets/image-files.ts";
export { concatenate, keepClasses, randomLabels, shrinkImages } from "./datasets/image-sets.ts";
export { type ImageSize, resizeImage } from "./datasets/resize.ts";
export { cifar10Classes, cifar10From } from "./datasets/cifar10.ts";

// Embedded
export { iris } from "./datasets/iris.ts";
export { digits } from "./datasets/digits.ts";
export { smallMnist } from "./datasets/small-mnist.ts";

// Made
export { circles, spiral, type ToyOptions, xor } from "./datasets/toys.ts";
export { shwartzZivTishby } from "./datasets/shwartz-ziv-tishby.ts";
export { delayedRecall, runningParity, type SequenceOptions, type Sequences } from "./datasets/sequences.ts";
