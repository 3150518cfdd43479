/** Data sets and what makes them, apart from the core: the images alone are larger than it. */
export { cifar10Classes, cifar10From } from "./cifar10.ts";
export { type Dataset, dataset, scaleInputs, split } from "./dataset.ts";
export { digits } from "./digits.ts";
export { concatenate, type ImageFile, imagesFrom, keepClasses, randomLabels, shrinkImages } from "./image-files.ts";
export { iris } from "./iris.ts";
export { labelledTable } from "./labelled-table.ts";
export { tableFrom } from "./read-table.ts";
export { type ImageSize, resizeImage } from "./resize.ts";
export { delayedRecall, runningParity, type SequenceOptions, type Sequences } from "./sequences.ts";
export { shwartzZivTishby } from "./shwartz-ziv-tishby.ts";
export { smallMnist } from "./small-mnist.ts";
export { circles, spiral, type ToyOptions, xor } from "./toys.ts";
