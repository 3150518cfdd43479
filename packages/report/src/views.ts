/** Views of a run for pages: small modules that draw into an element and follow one store. For browsers; the report's page and the app use the same. */

// What they show
export { type ReportData, reportData, type Series, type Bracket, type TrainingColumn } from "./data.ts";
export type { Interval } from "./chart.ts";
export {
  checkpoint,
  createStore,
  frontSeed,
  type Store,
  type ViewState,
  type Changes,
  type Picked,
} from "./views/store.ts";
export { describePoint } from "./views/tip.ts";

// Views of a run
export type { View, PictureView } from "./views/dom.ts";
export { planeView, type PlaneOptions } from "./views/plane-view.ts";
export { stripView, type StripView, type StripOptions } from "./views/strip-view.ts";
export type { OwnPanel, StripPanel } from "./views/strip-scene.ts";
export { tableView, type TableOptions } from "./views/table-view.ts";

// Views of a network
export { networkView, type NetworkView, type NetworkOptions } from "./views/network-view.ts";
export type { NetworkPicture } from "./views/network-scene.ts";
export { edgeView, type EdgeView, type EdgeOptions, type EdgePicture } from "./views/edge-view.ts";
export { surfaceView, type SurfaceView, type SurfaceOptions, type SurfacePicture } from "./views/surface-view.ts";
export { heatOf, type Field } from "./views/heat.ts";

// Files
export { exportMenu, type ExportOptions, download, pngOf } from "./views/export.ts";
export { asTable, trainingTable, csvOf, type Table } from "./views/table.ts";

// What a run shows
export { type LearningMoves, movesWhileLearning } from "./learning.ts";

// Looks
export { layerLabel, type LayerSymbol, layerSymbol, symbolPath } from "./chart.ts";
export { layerMark } from "./views/layer-mark.ts";
export { addViewStyle, viewStyle } from "./views/style.ts";
