export type { Automation } from "./automation.ts";
export { AutomationWorker, type AutomationWorkerOptions } from "./automation-worker.ts";
export { createDefaultRules, type RuleDeclaration } from "./create-default-rules.ts";
export { createFollowUp } from "./follow-up.ts";
export { type ExecutionView, findExecution, listExecutions } from "./list-executions.ts";
export { RuleIndex, type RuleIndexOptions } from "./rule-index.ts";
export { listRules, RULE_CHANNEL, type RuleFilter, type RuleView } from "./rule-store.ts";
export { readNeed } from "./run-executions.ts";
