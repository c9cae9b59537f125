import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { writePdf } from "./write-pdf.ts";

/** The thread of one document: laying out a thousand stations takes seconds of a core. */
// Of a thread alone on Linux; elsewhere it would slow the whole server down.
if (process.platform === "linux") os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL);

const bytes = await writePdf(workerData as ReportContent);
parentPort!.postMessage(bytes);
