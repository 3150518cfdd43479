/** What the packages of Causalscope share with one another. Not for other programs: it changes without notice. */
export {
  extent,
  fixed,
  type Interval,
  type LayerSymbol,
  layerColor,
  layerSymbol,
  linearScale,
  nice,
  type Scale,
  tickLabels,
  ticks,
} from "./chart.ts";
export { measured, momentName, type ReportData, reportData } from "./data.ts";
export { neuronFigures } from "./figures/neuron-information.ts";
export { heatColor, heatPanel } from "./heat.ts";
export {
  bandPanel,
  type EiErrors,
  eiErrors,
  layerBands,
  layersLegend,
  MARGINS,
  MILLIMETRES,
  MOST_ERROR,
  PAGE,
  panel,
  planePanel,
  plotSymbol,
  runTitle,
  seedsLegend,
  widthsOf,
} from "./panels.ts";
export { planeMarks, planeOf } from "./figures/causal-plane.ts";
export { ERROR_REACH, eiLines, planeWindow } from "./plane.ts";
export { composeFigure, INK, type LegendEntry, MUTED, type Panel, TICK_SIZE } from "./svg.ts";
