import type {
  LocalizedText,
  ReportDefinition,
  ReportLimit,
  ReportMetric,
  ReportPeriodKind,
} from "@sluice/core/reports/report-definition.ts";
import type { ChemicalBasis } from "./chemical-basis.ts";
import { boundsIn, limitsOn } from "./limits.ts";
import { waterQualityProfile } from "./profile.ts";
import type { LimitMeaning } from "./water-limit.ts";

const metrics: readonly ReportMetric[] = [
  { key: "ph", otherKeys: ["pH"], title: { en: "pH", de: "pH-Wert" }, unit: "pH", digits: 2 },
  { key: "turbidity", title: { en: "Turbidity", de: "Trübung" }, unit: "NTU", digits: 2 },
  {
    key: "dissolved_oxygen",
    title: { en: "Dissolved oxygen", de: "Gelöster Sauerstoff" },
    unit: "mg/L",
    digits: 2,
  },
  {
    key: "temperature",
    otherKeys: ["temp"],
    title: { en: "Temperature", de: "Temperatur" },
    unit: "°C",
    digits: 1,
  },
  { key: "conductivity", title: { en: "Conductivity", de: "Leitfähigkeit" }, unit: "µS/cm", digits: 0 },
  { key: "chlorine", title: { en: "Free chlorine", de: "Freies Chlor" }, unit: "mg/L", digits: 2 },
  { key: "nitrate", title: { en: "Nitrate", de: "Nitrat" }, unit: "mg/L", digits: 1 },
  { key: "phosphate", title: { en: "Phosphate", de: "Phosphat" }, unit: "mg/L", digits: 2 },
  { key: "lead", title: { en: "Lead", de: "Blei" }, unit: "µg/L", digits: 1 },
  { key: "copper", title: { en: "Copper", de: "Kupfer" }, unit: "mg/L", digits: 3 },
  { key: "iron", title: { en: "Iron", de: "Eisen" }, unit: "µg/L", digits: 0 },
  { key: "arsenic", title: { en: "Arsenic", de: "Arsen" }, unit: "µg/L", digits: 1 },
];

/** What the profile's metrics weigh. */
const BASES: Readonly<Record<string, ChemicalBasis>> = { nitrate: "NO3", phosphate: "PO4" };

const MEANINGS: Readonly<Record<LimitMeaning, LocalizedText>> = {
  legal: { en: "legal limit", de: "Grenzwert" },
  action: { en: "action level", de: "Maßnahmenwert" },
  treatment: { en: "treatment", de: "Aufbereitung" },
  guideline: { en: "guideline", de: "Leitwert" },
  indicator: { en: "indicator", de: "Indikatorwert" },
  aesthetic: { en: "aesthetic", de: "ästhetischer Wert" },
};

/** Of drinking water, in the unit of the metric. */
function limitsOf(metricKey: string, day: string): ReportLimit[] {
  const metric = metrics.find(({ key }) => key === metricKey)!;
  const basis = BASES[metricKey];
  const measured = { unit: metric.unit, ...(basis !== undefined && { as: basis }) };
  return limitsOn(metricKey, day).flatMap((limit) => {
    const { authority, meaning, source, note } = limit;
    const { en, de } = MEANINGS[meaning];
    const label = { en: `${authority} ${en}`, de: `${authority} ${de}` };
    const text = note === undefined ? source : `${source}: ${note}`;
    const bounds = boundsIn(limit, measured);
    return (["minimum", "maximum"] as const).flatMap((bound) => {
      const value = bounds[bound];
      return value === undefined ? [] : [{ label, bound, value, source: text }];
    });
  });
}

const keys = metrics.map(({ key }) => key);

function waterQualityReport(key: string, period: ReportPeriodKind, title: ReportDefinition["title"]): ReportDefinition {
  return {
    key,
    title,
    period,
    profiles: [waterQualityProfile.key],
    metrics,
    limits: limitsOf,
    sections: [
      { kind: "summary", title: { en: "Summary", de: "Überblick" } },
      { kind: "charts", title: { en: "Course", de: "Verlauf" }, metrics: keys },
      { kind: "alerts", title: { en: "Alerts", de: "Alarme" } },
      {
        kind: "table",
        title: { en: "Stations", de: "Messstellen" },
        metrics: keys,
        aggregates: ["mean", "min", "max", "count"],
      },
      { kind: "completeness", title: { en: "Completeness of the data", de: "Vollständigkeit der Daten" } },
    ],
  };
}

/** By the clock of each site; a site is a location, and its devices are the stations. */
export const waterQualityReports = [
  waterQualityReport("water-quality-daily", "day", {
    en: "Daily water-quality report",
    de: "Tagesbericht Wasserqualität",
  }),
  waterQualityReport("water-quality-hourly", "hour", {
    en: "Hourly water-quality report",
    de: "Stundenbericht Wasserqualität",
  }),
] as const satisfies readonly ReportDefinition[];
