export { type Acknowledgement, acknowledgeAlert, acknowledgeAlerts } from "./acknowledge-alert.ts";
export { countOpenAlerts } from "./alert-metrics-store.ts";
export { type AlertQueue, readAlertQueue } from "./alert-store.ts";
export {
  type AlertEventView,
  type AlertFilter,
  type AlertPosition,
  type AlertView,
  isAcknowledged,
  listAlertEvents,
  listAlerts,
  viewAlert,
} from "./alert-view-store.ts";
export { AlertWorker, type AlertWorkerOptions } from "./alert-worker.ts";
export type { AlertEffects, Alerts } from "./alerts.ts";
export { MAX_COMMENT_LENGTH } from "./change-alert.ts";
export { clearAlert } from "./clear-alert.ts";
export { commentOnAlert } from "./comment-on-alert.ts";
export { createSelfWatch, type SelfWatchSettings, type WatchedCounts } from "./create-self-watch.ts";
export { type AlertTransition, foldAlerts } from "./fold-alerts.ts";
export { LostAlerts } from "./lost-alerts.ts";
export { type ShelfEnd, shelveAlert, unshelveAlert } from "./shelve-alert.ts";
