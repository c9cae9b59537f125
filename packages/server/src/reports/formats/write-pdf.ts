import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import pdfmake from "pdfmake";
import roboto from "pdfmake/fonts/Roboto.js";
import { describePdf } from "./pdf-document.ts";

/** Blocks until it is done; the fonts come with the library, and nothing else is read. */
export async function writePdf(content: ReportContent): Promise<Uint8Array> {
  const fontFiles: readonly string[] = Object.values(roboto.Roboto);
  pdfmake.setFonts(roboto);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => fontFiles.includes(path));
  return pdfmake.createPdf(describePdf(content)).getBuffer();
}
