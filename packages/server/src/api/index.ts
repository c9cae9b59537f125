export { createHttpApp, type HttpAppDependencies } from "./http-app.ts";
export type { SingleSignOn } from "./oauth/index.ts";
export type { ExecutionFilter } from "./rest/executions.ts";
export type { ListRejectedMessages, RejectedMessageView } from "./rest/rejected-messages.ts";
export type { RuleFilter } from "./rest/rules.ts";
export type { ReadStatus, StatusReport } from "./rest/status.ts";
export type { ItemsRequest, LiveEvents, ReadingsRequest } from "./ws/live-events.ts";
export { createLiveReaders } from "./ws/live-readers.ts";
export { LiveStream } from "./ws/live-stream.ts";
