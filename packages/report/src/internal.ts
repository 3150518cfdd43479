export { linearScale, type Scale, tickLabels, ticks } from "./chart.ts";
export { measured, momentName, type ReportData, reportData } from "./data.ts";
export { eiLines, planeWindow } from "./plane.ts";
