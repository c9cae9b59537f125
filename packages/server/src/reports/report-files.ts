import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { formatReportCsv } from "./formats/report-csv.ts";
import { REPORT_FORMATS, type ReportFiles, type ReportFormat, type ReportRun } from "./report-run.ts";
import type { Reports } from "./reports.ts";

type Files = Pick<Reports, "objects" | "renderer">;

/** Every attempt writes files of its own. */
export function fileName(organizationId: number, id: string, attempt: number, format: ReportFormat): string {
  return `reports/${organizationId}/${id}-${attempt}.${format}`;
}

/** Each is on disk for good when this resolves. The JSON is always kept: the other forms can be made of it. */
export async function keepFiles(
  { objects, renderer }: Files,
  nameOf: (format: ReportFormat) => string,
  content: ReportContent,
  formats: readonly ReportFormat[],
  signal: AbortSignal,
): Promise<ReportFiles> {
  const files: Partial<Record<ReportFormat, ReportFiles[ReportFormat]>> = {};
  for (const format of REPORT_FORMATS) {
    if (format !== "json" && !formats.includes(format)) continue;
    const bytes = await formatReport(renderer, content, format, signal);
    signal.throwIfAborted();
    const name = nameOf(format);
    files[format] = { name, ...(await objects.put(name, bytes)) };
  }
  return files;
}

export async function formatReport(
  renderer: Reports["renderer"],
  content: ReportContent,
  format: ReportFormat,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (format === "pdf") return renderer.render(content, signal);
  return Buffer.from(format === "csv" ? formatReportCsv(content) : JSON.stringify(content));
}

/** A kept form, or one that is made of the kept JSON. Throws `report.not_done`, `report.file_damaged` and `object.missing`. */
export async function readReport(
  { objects, renderer }: Files,
  run: ReportRun,
  format: ReportFormat,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (run.state !== "done") throw notDone(run);
  if (run.files[format] !== undefined) return readFile(objects, run, format);
  return formatReport(renderer, await readContent({ objects }, run), format, signal);
}

/** Throws as `readReport` does. */
export async function readContent({ objects }: Pick<Files, "objects">, run: ReportRun): Promise<ReportContent> {
  if (run.state !== "done") throw notDone(run);
  return JSON.parse(Buffer.from(await readFile(objects, run, "json")).toString()) as ReportContent;
}

async function readFile(objects: Reports["objects"], run: ReportRun, format: ReportFormat): Promise<Uint8Array> {
  const { name, checksum } = run.files[format]!;
  const bytes = await objects.get(name);
  if (createHash("sha256").update(bytes).digest("hex") === checksum) return bytes;
  const message = "The kept file is not what was written: have the report made again, and look after the object store.";
  throw new SluiceError("internal", "report.file_damaged", message, { details: { report: run.id, file: name } });
}

function notDone({ state, errorCode, error }: ReportRun): SluiceError {
  if (state === "failed") {
    const message = `The report could not be made: ${error} (${errorCode}). Mend that, and ask for it again.`;
    return new SluiceError("conflict", "report.failed", message, { details: { reason: errorCode } });
  }
  const message = "The report is not made yet: ask again in a moment.";
  return new SluiceError("conflict", "report.not_done", message, { retryable: true, details: { state } });
}
