export { Energy, type EnergyQuery } from "./energy.ts";
export { energyRoleOf } from "./energy-columns.ts";
export { HOME_KIND } from "./energy-index.ts";
export type { EnergySummary } from "./summarize.ts";
export type { EnergyTotals } from "./totals.ts";
