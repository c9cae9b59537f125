export { eraseReadings } from "./erase-readings.ts";
export type { Erasure, ErasureState } from "./erasure-store.ts";
export { awaitsClosing, readForgotten, takeForgotten } from "./latest-erasure-store.ts";
export { readErasure, readErasures, requestErasure, type WantedErasure } from "./request-erasure.ts";
