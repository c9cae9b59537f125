import type { ReportDefinition, ReportLimit, ReportMetric } from "@sluice/core/reports/report-definition.ts";
import { coldRoomProfile } from "./profile.ts";

const metrics: readonly ReportMetric[] = [
  { key: "temperature", title: { en: "Temperature", de: "Temperatur" }, unit: "°C", digits: 1 },
  { key: "humidity", title: { en: "Relative humidity", de: "Relative Luftfeuchte" }, unit: "%", digits: 0 },
];
const keys = metrics.map(({ key }) => key);

const WHO = "WHO Technical Report Series 961 (2011), annex 9: +2 to +8 °C";
const TEMPERATURE_LIMITS: readonly ReportLimit[] = [
  { label: { en: "WHO storage, least", de: "WHO-Lagerung, Mindestwert" }, bound: "minimum", value: 2, source: WHO },
  { label: { en: "WHO storage, most", de: "WHO-Lagerung, Höchstwert" }, bound: "maximum", value: 8, source: WHO },
];

/** Cold rooms of a site, day by day. */
export const coldChainReport: ReportDefinition = {
  key: "cold-chain-daily",
  title: { en: "Daily cold-chain report", de: "Tagesbericht Kühlkette" },
  period: "day",
  profiles: [coldRoomProfile.key],
  metrics,
  limits: (metricKey) => (metricKey === "temperature" ? TEMPERATURE_LIMITS : []),
  sections: [
    { kind: "summary", title: { en: "Summary", de: "Überblick" } },
    { kind: "charts", title: { en: "Course", de: "Verlauf" }, metrics: keys },
    { kind: "alerts", title: { en: "Alerts", de: "Alarme" } },
    {
      kind: "table",
      title: { en: "Rooms", de: "Räume" },
      metrics: keys,
      aggregates: ["mean", "min", "max", "count"],
    },
    { kind: "completeness", title: { en: "Completeness of the data", de: "Vollständigkeit der Daten" } },
  ],
};
