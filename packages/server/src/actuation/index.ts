export { type Actuation, type EndFacts, type FollowUp, NO_FOLLOW_UP, type Requester } from "./actuation.ts";
export { LONGEST_RETRY_MS, MAX_RETRIES } from "./close-execution.ts";
export { CommandGateway, type CommandGatewayOptions } from "./command-gateway.ts";
export { COMMAND_CHANNEL, type CommandNotice } from "./command-notices.ts";
export type { Command } from "./command-store.ts";
export { type ActuatorDeclaration, createActuatorsForDevice } from "./create-actuators.ts";
export { type DecidedExecution, decideExecution, type Need } from "./decide-execution.ts";
export {
  type CauseExecution,
  dueExecutions,
  type Execution,
  type ExecutionAction,
  type ExecutionStatus,
  type ExecutionType,
  openExecution,
} from "./execution-store.ts";
export { releaseHold } from "./release-hold.ts";
export { type RunOrder, requestRun } from "./request-run.ts";
export { requestStop, type StopOrder } from "./request-stop.ts";
export {
  type ActuatorStatus,
  type ActuatorView,
  type CommandEventView,
  type CommandView,
  type ExecutionFilter,
  type ExecutionRecord,
  listActuators,
  listCommandEvents,
  listCommands,
  listExecutionRecords,
  type Page,
  viewActuator,
  viewCommand,
} from "./view-store.ts";
