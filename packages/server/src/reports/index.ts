export { reportDefinitions } from "./definitions.ts";
export { PdfRenderer } from "./formats/pdf-renderer.ts";
export { DEFAULT_KEEP_DAYS, MAX_KEEP_DAYS, MAX_RECIPIENTS } from "./limits.ts";
export {
  createReportSchedule,
  deleteReportSchedule,
  editionOfSchedule,
  type ScheduleRequester,
  updateReportSchedule,
} from "./manage-report-schedules.ts";
export { formatReport, readContent, readReport } from "./report-files.ts";
export { listMails } from "./report-mail-store.ts";
export { ReportMailWorker, reportFileName, type SendReportMail } from "./report-mail-worker.ts";
export { REPORT_FORMATS, REPORT_STATES, type ReportFormat, type ReportRun, type ReportState } from "./report-run.ts";
export { countUnmadeReports, listRuns, requireRun } from "./report-run-store.ts";
export { listReportSchedules, type ReportSchedule, requireReportSchedule } from "./report-schedule-store.ts";
export { ReportWorker } from "./report-worker.ts";
export type { Reports } from "./reports.ts";
export { createAnswerLine, deleteReport, evaluateNow, requestReport } from "./request-report.ts";
