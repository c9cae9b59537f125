import type { ReportAggregate, ReportLanguage, ReportPeriodKind } from "@sluice/core/reports/report-definition.ts";

/** What a printed report says around its numbers. */
export interface Words {
  /** For numbers and dates (BCP 47). */
  readonly locale: string;
  readonly aggregates: Readonly<Record<ReportAggregate, string>>;
  readonly periods: Readonly<Record<ReportPeriodKind, string>>;
  readonly organization: string;
  readonly location: string;
  readonly region: string;
  readonly period: string;
  readonly madeAt: string;
  readonly dataComplete: string;
  readonly unknown: string;
  readonly parameter: string;
  readonly unit: string;
  readonly stations: string;
  readonly station: string;
  readonly readings: string;
  readonly limits: string;
  readonly limit: string;
  readonly source: string;
  readonly sources: string;
  readonly kept: string;
  readonly exceeded: string;
  readonly expected: string;
  readonly received: string;
  readonly share: string;
  readonly from: string;
  readonly to: string;
  readonly duration: string;
  readonly metrics: string;
  readonly gaps: string;
  readonly noGaps: string;
  readonly time: string;
  readonly severity: string;
  readonly event: string;
  readonly resolved: string;
  readonly open: string;
  readonly noAlerts: string;
  readonly noReadings: string;
  readonly allComplete: string;
  readonly severities: Readonly<Record<string, string>>;
  /** Lengths of the buckets of charts. */
  readonly intervals: Readonly<Record<string, string>>;
  hours(text: string): string;
  page(page: number, pages: number): string;
  unfinished(until: string): string;
  furtherRows(count: string): string;
  furtherAlerts(count: string): string;
  completenessNote(readings: string, expected: string): string;
  unknownNote(readings: string): string;
  chartNote(interval: string): string;
  meansNote: string;
  limitsNote: string;
  mailText(report: string, site: string, period: string, share: string, link: string): string;
  tooLarge: string;
}

const english: Words = {
  locale: "en-GB",
  aggregates: { mean: "Mean", min: "Min.", max: "Max.", count: "Readings" },
  periods: { hour: "Hour", day: "Day", week: "Week", month: "Month" },
  organization: "Organization",
  location: "Location",
  region: "Region",
  period: "Period",
  madeAt: "Made at",
  dataComplete: "Data complete",
  unknown: "unknown",
  parameter: "Parameter",
  unit: "Unit",
  stations: "Stations",
  station: "Station",
  readings: "Readings",
  limits: "Limits",
  limit: "Limit",
  source: "Source",
  sources: "Sources of the limits",
  kept: "kept",
  exceeded: "EXCEEDED",
  expected: "Expected",
  received: "Received",
  share: "Complete",
  from: "From",
  to: "To",
  duration: "Duration",
  metrics: "Parameters",
  gaps: "Gaps",
  noGaps: "There are no gaps.",
  time: "Time",
  severity: "Severity",
  event: "Event",
  resolved: "Resolved",
  open: "open",
  noAlerts: "No alert was raised in this period.",
  noReadings: "No valid reading came in this period.",
  allComplete: "All stations were complete.",
  severities: { info: "info", warning: "warning", major: "major", critical: "critical" },
  intervals: { "5m": "5 minutes", "1h": "hour", "6h": "6 hours", "1d": "day" },
  hours: (text) => `${text} h`,
  page: (page, pages) => `Page ${page} of ${pages}`,
  unfinished: (until) => `INCOMPLETE: the period was not over. Readings until ${until}.`,
  furtherRows: (count) => `${count} further rows are in the report's JSON and CSV.`,
  furtherAlerts: (count) => `${count} earlier alerts are not listed.`,
  completenessNote: (readings, expected) =>
    `${readings} valid readings came of ${expected} that were due. Readings that cannot be what a sensor measured are left out of every figure, and count as missing. How often a station reports is what it was set to, or else the median of what it did.`,
  unknownNote: (readings) =>
    `${readings} valid readings came. How many were due is not known: the stations said too little to tell, and no reporting interval is set.`,
  chartNote: (interval) => `Line: mean of every ${interval}. Band: from the least to the greatest reading.`,
  limitsNote:
    "Limits are those of drinking water, each held against every single reading: what a law asks of means, percentiles or samples is not judged here.",
  meansNote: "Means are of all valid readings, each counting the same.",
  mailText: (report, site, period, share, link) =>
    `${report}\n${site}, ${period}\nData complete: ${share}\n\nThe report is attached, and kept here:\n${link}\n`,
  tooLarge: "It is too large for a mail: fetch it from the address above.",
};

const german: Words = {
  locale: "de-DE",
  aggregates: { mean: "Mittel", min: "Min.", max: "Max.", count: "Messwerte" },
  periods: { hour: "Stunde", day: "Tag", week: "Woche", month: "Monat" },
  organization: "Organisation",
  location: "Standort",
  region: "Region",
  period: "Zeitraum",
  madeAt: "Erstellt am",
  dataComplete: "Daten vollständig",
  unknown: "unbekannt",
  parameter: "Parameter",
  unit: "Einheit",
  stations: "Messstellen",
  station: "Messstelle",
  readings: "Messwerte",
  limits: "Grenzwerte",
  limit: "Grenzwert",
  source: "Quelle",
  sources: "Quellen der Grenzwerte",
  kept: "eingehalten",
  exceeded: "VERLETZT",
  expected: "Erwartet",
  received: "Erhalten",
  share: "Vollständig",
  from: "Von",
  to: "Bis",
  duration: "Dauer",
  metrics: "Parameter",
  gaps: "Lücken",
  noGaps: "Es gibt keine Lücken.",
  time: "Zeit",
  severity: "Schwere",
  event: "Ereignis",
  resolved: "Behoben",
  open: "offen",
  noAlerts: "In diesem Zeitraum gab es keinen Alarm.",
  noReadings: "In diesem Zeitraum kam kein gültiger Messwert.",
  allComplete: "Alle Messstellen waren vollständig.",
  severities: { info: "Hinweis", warning: "Warnung", major: "schwer", critical: "kritisch" },
  intervals: { "5m": "5 Minuten", "1h": "1 Stunde", "6h": "6 Stunden", "1d": "1 Tag" },
  hours: (text) => `${text} Std.`,
  page: (page, pages) => `Seite ${page} von ${pages}`,
  unfinished: (until) => `UNVOLLSTÄNDIG: Der Zeitraum war noch nicht zu Ende. Messwerte bis ${until}.`,
  furtherRows: (count) => `${count} weitere Zeilen stehen in JSON und CSV des Berichts.`,
  furtherAlerts: (count) => `${count} frühere Alarme sind nicht aufgeführt.`,
  completenessNote: (readings, expected) =>
    `${readings} gültige Messwerte kamen von ${expected}, die zu erwarten waren. Messwerte, die der Sensor so nicht gemessen haben kann, gehen in keine Zahl ein und gelten als fehlend. Wie oft eine Messstelle meldet, ist eingestellt oder sonst der Median dessen, was sie tat.`,
  unknownNote: (readings) =>
    `${readings} gültige Messwerte kamen. Wie viele zu erwarten waren, ist unbekannt: Die Messstellen meldeten zu wenig, und kein Meldeabstand ist eingestellt.`,
  chartNote: (interval) => `Linie: Mittel über je ${interval}. Band: kleinster bis größter Messwert.`,
  limitsNote:
    "Grenzwerte sind die für Trinkwasser, verglichen mit jedem einzelnen Messwert: Was ein Gesetz von Mittelwerten, Perzentilen oder Proben verlangt, ist hier nicht beurteilt.",
  meansNote: "Mittelwerte sind die aller gültigen Messwerte, von denen jeder gleich viel zählt.",
  mailText: (report, site, period, share, link) =>
    `${report}\n${site}, ${period}\nDaten vollständig: ${share}\n\nDer Bericht liegt bei und ist hier zu finden:\n${link}\n`,
  tooLarge: "Er ist für eine Mail zu groß: Rufen Sie ihn unter der Adresse oben ab.",
};

const WORDS: Readonly<Record<ReportLanguage, Words>> = { en: english, de: german };

export function wordsIn(language: ReportLanguage): Words {
  return WORDS[language];
}
