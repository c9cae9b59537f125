export {
  type Actuation,
  type Change,
  type EndFacts,
  type FollowUp,
  NO_FOLLOW_UP,
  type Requester,
} from "./actuation.ts";
export {
  countQueuedExecutions,
  countRecentCommands,
  type QueuedExecutions,
  type RecentCommands,
} from "./actuation-metrics-store.ts";
export type {
  ActuationStore,
  ActuationTransaction,
  Actuator,
  CauseExecution,
  Command,
  Execution,
  ExecutionAction,
  ExecutionStatus,
  ExecutionType,
} from "./actuation-store.ts";
export type {
  ActuatorStatus,
  ActuatorView,
  BudgetView,
  EnvelopeView,
  SiteStopView,
} from "./actuator-view.ts";
export { type ActuatorFilter, findActuators, listActuators, viewActuator } from "./actuator-view-store.ts";
export {
  type ConflictView,
  countExecutions,
  countNewDead,
  type ExecutionCount,
  type ExecutionQueue,
  listConflicts,
  readExecutionQueue,
} from "./arbitration-view-store.ts";
export { cancelExecution } from "./cancel-execution.ts";
export { type ActuatorChange, changeActuator, type EnvelopeChange, type ModeChange } from "./change-actuator.ts";
export { CommandGateway, type CommandGatewayOptions } from "./command-gateway.ts";
export { COMMAND_CHANNEL, type CommandNotice } from "./command-notices.ts";
export {
  type CommandEventView,
  type CommandView,
  listCommandEvents,
  listCommands,
  type Page,
  viewCommand,
} from "./command-view-store.ts";
export { type ActuatorDeclaration, createActuatorsForDevice } from "./create-actuators.ts";
export { type DecidedExecution, decideExecution, type Need } from "./decide-execution.ts";
export {
  type ExecutionEventView,
  type ExecutionFilter,
  type ExecutionRecord,
  listExecutionEvents,
  listExecutionRecords,
  listReplays,
  requireExecution,
} from "./execution-view-store.ts";
export { lockActuators } from "./lock-actuators.ts";
export { createPostgresActuationStore, transactionOn } from "./postgres-actuation-store.ts";
export { readPermissives } from "./read-permissives.ts";
export { type ReleaseOrder, releaseHold } from "./release-hold.ts";
export { type ReplacedEnvelopes, replaceDefaultEnvelopes } from "./replace-default-envelopes.ts";
export { replayExecution } from "./replay-execution.ts";
export { RequestBatches } from "./request-batches.ts";
export { DEFAULT_WAIT_MS, LONGEST_WAIT_MS, type PlacedRun, type RunOrder, requestRun } from "./request-run.ts";
export { requestSet, type SetOrder } from "./request-set.ts";
export { requestStop, type StopOrder } from "./request-stop.ts";
export { JITTER, MAX_RETRIES, RETRY_PAUSES_MS } from "./retry-pause.ts";
export { lockRunningDevices } from "./running-device-store.ts";
export { insertScheduled, type ScheduledExecution, supersedeScheduled } from "./scheduled-execution-store.ts";
export { releaseSite, type SiteReleaseOrder, type SiteStopOrder, stopSite } from "./site-stop.ts";
export { type ResetOrder, resetTrip } from "./trip.ts";
export { listTrips, openSiteStops, type TripFilter, type TripView } from "./trip-view-store.ts";
export { type WhyNot, type WhyNotQuestion, whyNot } from "./why-not.ts";
