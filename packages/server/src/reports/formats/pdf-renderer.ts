import { Worker } from "node:worker_threads";
import { SluiceError } from "@sluice/core/errors.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { WaitingLine } from "../waiting-line.ts";

/** At the same time in one process: each takes a core. */
export const MAX_RENDERS = 2;
/** Who may wait for one of them; further ones are refused. */
export const MAX_WAITING = 32;
const MAX_HEAP_MB = 1_024;
const BUSY_RETRY_MS = 10_000;

/**
 * Makes PDFs in threads of their own, so that readings are taken in meanwhile. A thread ends with its document, its caller's
 * interest, or this process.
 */
export class PdfRenderer {
  private readonly threads = new Set<Worker>();
  private readonly line = new WaitingLine(MAX_RENDERS, MAX_WAITING, busy);

  /** Throws `report.busy`, `report.too_large`, and the signal's reason once it is aborted. */
  async render(content: ReportContent, signal: AbortSignal): Promise<Uint8Array> {
    return this.line.inTurn(signal, () => this.renderInThread(content, signal));
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private async renderInThread(content: ReportContent, signal: AbortSignal): Promise<Uint8Array> {
    const thread = new Worker(new URL("./pdf-thread.ts", import.meta.url), {
      workerData: content,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.threads.add(thread);
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([documentOf(thread), aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
      await thread.terminate();
      this.threads.delete(thread);
    }
  }
}

function documentOf(thread: Worker): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", (error) => reject(isOutOfMemory(error) ? tooLarge(error) : error));
    thread.once("exit", () => reject(stopped()));
  });
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";
}

function busy(): SluiceError {
  const message = "Other reports are being printed; ask again in a moment.";
  return new SluiceError("unavailable", "report.busy", message, { retryAfterMs: BUSY_RETRY_MS });
}

function tooLarge(cause: unknown): SluiceError {
  const message = "The report is too large to be printed: ask for JSON or CSV, or divide the site.";
  return new SluiceError("limit", "report.too_large", message, { cause });
}

function stopped(): SluiceError {
  return new SluiceError("unavailable", "report.stopped", "The server is being stopped; ask again.");
}
