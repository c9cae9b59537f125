export {
  createSchedule,
  deleteSchedule,
  type ScheduleChange,
  type ScheduleDraft,
  timingOf,
  updateSchedule,
} from "./change-schedule.ts";
export { createDefaultSchedules } from "./create-default-schedules.ts";
export { listScheduleRuns, listSchedules, requireSchedule } from "./list-schedules.ts";
export { type PauseRequest, pauseSchedule, resumeSchedule } from "./pause-schedule.ts";
export type { ScheduleAction } from "./schedule-record.ts";
export { type ScheduledBy, type ScheduleRun, schedulesOfExecutions } from "./schedule-run-store.ts";
export { databaseNowMicros } from "./schedule-store.ts";
export type { ScheduleView } from "./schedule-view.ts";
export { ScheduleWorker, type ScheduleWorkerOptions } from "./schedule-worker.ts";
export type { Scheduling } from "./scheduling.ts";
export { type PreviewDraft, previewSchedule, type Upcoming, upcomingOf } from "./upcoming.ts";
