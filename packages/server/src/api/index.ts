export { createHttpApp, type HttpAppDependencies, MAX_BODY_BYTES } from "./http-app.ts";
export type { ExecutionFilter } from "./rest/executions.ts";
export type { ListRejectedMessages, RejectedMessageView } from "./rest/rejected-messages.ts";
export type { RuleFilter } from "./rest/rules.ts";
export type { ReadStatus, StatusReport } from "./rest/status.ts";
export { createLiveReaders } from "./ws/live-readers.ts";
export { LiveStream } from "./ws/live-stream.ts";
