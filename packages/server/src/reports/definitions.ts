import { SluiceError } from "@sluice/core/errors.ts";
import {
  REPORT_LANGUAGES,
  type ReportDefinition,
  type ReportLanguage,
} from "@sluice/core/reports/report-definition.ts";
import { solutions } from "@sluice/solutions/registry.ts";

/** What the solutions declare. */
export const reportDefinitions: readonly ReportDefinition[] = solutions.flatMap(({ reports }) => reports);

/** Throws `report.definition_unknown`. */
export function requireDefinition(key: string): ReportDefinition {
  const definition = reportDefinitions.find((known) => known.key === key);
  if (definition !== undefined) return definition;
  const known = reportDefinitions.map((one) => one.key);
  const message = `There is no report "${key.slice(0, 100)}": ask for one of ${known.join(", ")}.`;
  throw new SluiceError("invalid", "report.definition_unknown", message, { details: { known } });
}

/** Of a tag such as "de-AT" its language. Throws `report.language` for one that reports are not written in. */
export function languageOf(tag: string): ReportLanguage {
  const language = REPORT_LANGUAGES.find((known) => known === tag.split("-")[0]!.toLowerCase());
  if (language !== undefined) return language;
  const message = `Reports are written in ${REPORT_LANGUAGES.join(" and ")}, not in "${tag.slice(0, 40)}".`;
  throw new SluiceError("invalid", "report.language", message, { details: { languages: REPORT_LANGUAGES } });
}
