export { type LegalHold, MAX_RETENTION_DAYS, type Policy, type Retention } from "./policies.ts";
export { readRetention } from "./retention-store.ts";
export { RetentionWorker } from "./retention-worker.ts";
export { dryRunRetention, setRetention, type WantedDays, type WantedRetention } from "./set-retention.ts";
