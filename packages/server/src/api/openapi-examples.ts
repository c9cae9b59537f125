const DAILY = { kind: "cron", expression: "0 6 * * *" };
const DRY = { kind: "threshold", metric: "moisture", operator: "below", value: 20 };
const RULE = {
  ...{ key: "dry", name: "Too dry", device: "zone-1", definition: DRY },
  ...{ action: { kind: "RUN", actuator: 1, durationMs: 30_000 }, alert: { severity: "warning" } },
};
const SCHEDULE = {
  ...{ name: "Morning", actuator: 1, action: { kind: "RUN", durationMs: 30_000 }, times: DAILY },
};
const PREVIEW = { actuator: 1, times: DAILY };
const SHORT_RANGE = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };

/** A body that is good as it is, for the operations whose schema alone does not tell what could be meant. */
export const JSON_EXAMPLES: Readonly<Record<string, object>> = {
  login: { username: "ada@example.org", password: "correct horse battery" },
  register: { username: "ada", email: "ada@example.org", password: "correct horse battery" },
  createUser: { email: "grace@example.org", name: "Grace", roles: ["operator"], password: "correct horse battery" },
  createInvitation: { email: "lin@example.org", roles: ["scientist"] },
  createApplication: { name: "Field notes", redirectUris: ["https://notes.example.org/signed-in"] },
  createEntity: { name: "Water works", sites: ["default"] },
  createClaim: { profile: "irrigation-zone", site: "north" },
  claimDevice: { code: "ABCD-EFGH-JKLM", uid: "zone-1" },
  createReport: { report: "water-quality-daily", location: "upper-weir", period: "2026-10-25" },
  createReportSchedule: {
    name: "Every morning",
    report: "water-quality-daily",
    location: "upper-weir",
    times: { kind: "daily", at: "06:00" },
  },
  createTariff: { name: "Flat", validFrom: "2026-01-01", periods: [{ name: "Always", price: 0.3 }] },
  createAssetEvent: { kind: "note", at: "2026-01-02T03:04:05Z", asset: 1, note: "The gate was left open." },
  createSite: { slug: "north", name: "North", timeZone: "Europe/Berlin", latitude: 53.5, longitude: 10 },
  updateSite: { name: "North field" },
  createAsset: { kind: "zone", name: "Zone 1", site: "north" },
  createProfile: {
    ...{ key: "soil-probe", name: "Soil probe", metrics: [{ key: "moisture", unit: "%", minimum: 0, maximum: 100 }] },
    actuators: [{ key: "pump", kind: "pump", maxRunMs: 60_000, cooldownMs: 300_000 }],
  },
  registerDevice: { uid: "zone-1", name: "Zone 1", profile: "irrigation-zone", site: "north" },
  updateDevice: { name: "Zone 1, by the gate" },
  createClient: { name: "Weather station", scopes: ["ingest", "devices:provision"] },
  sendCommand: { kind: "STOP", reason: "Somebody is in the field" },
  updateActuator: { mode: "manual" },
  tripActuator: { cause: "dry_run" },
  createRule: RULE,
  createAutomationThreshold: RULE,
  updateRule: { name: "Far too dry" },
  backtestRule: SHORT_RANGE,
  backtestRules: { ...SHORT_RANGE, definition: DRY, devices: ["zone-1"] },
  requestExecution: { action: "RUN", actuator: 1, durationMs: 30_000 },
  createSchedule: SCHEDULE,
  createAutomationSchedule: SCHEDULE,
  previewSchedules: PREVIEW,
  previewAutomationSchedules: PREVIEW,
  shelveAlert: { forMs: 3_600_000, reason: "The probe is being cleaned" },
  commentOnAlert: { comment: "On my way" },
  createChannel: { name: "Duty", kind: "webhook", configuration: { url: "https://hooks.example.org/duty" } },
  createNotificationRoute: { name: "All of it", channels: [1] },
};

const READING = { device_id: "zone-1", ts_utc: "2026-01-02T03:04:05Z", payload: { moisture: 31.5 } };
const LINES = "soil,device=zone-1 moisture=31.5 1767323045000000000";
const READINGS = json({ readings: [READING] }, "One, an array, or `readings`; as NDJSON one a line.");
const WRITTEN = { "text/plain": { schema: { type: "string" }, example: LINES } };

const PARTLY = "Some is stored; `errors` names what is not, item by item.";

/** What is taken as it comes, item by item, and has therefore no schema that would refuse the whole of it. */
export const RAW_BODIES: Readonly<Record<string, Record<string, { readonly example?: unknown }>>> = {
  sendSensorData: json({ sensor_id: "123", pH: 7.2, temp: 15.4 }, "One, or an array."),
  sendReadings: READINGS,
  sendReadingsAtRoot: READINGS,
  sendReadingsInBulk: READINGS,
  sendReadingsInBulkAtRoot: READINGS,
  sendTelemetry: json({ ts: 1_767_323_045_000, values: { moisture: 31.5 } }, "Values, `ts` and `values`, or an array."),
  sendAttributes: json({ firmware: "1.4.2" }, "What a device says of itself."),
  writeLines: WRITTEN,
  writeLinesAtRoot: WRITTEN,
};

/** What these answer: the answers of ingest follow the form of the request, and those of line protocol InfluxDB's. */
export const RAW_ANSWERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sendSensorData: { 200: "All is stored.", 207: PARTLY },
  ...Object.fromEntries(
    ["sendReadings", "sendReadingsAtRoot", "sendReadingsInBulk", "sendReadingsInBulkAtRoot"].map((name) => [
      name,
      { 201: "All is stored.", 207: PARTLY },
    ]),
  ),
  sendTelemetry: { 200: "All is stored.", 207: PARTLY },
  sendAttributes: { 200: "Stored." },
  writeLines: { 204: "All is stored." },
  writeLinesAtRoot: { 204: "All is stored." },
  queryAsInflux: { 200: "InfluxDB's answer." },
  postQueryAsInflux: { 200: "InfluxDB's answer." },
  pingAsInflux: { 204: "It is there." },
  getHealthAsInflux: { 200: "InfluxDB's answer." },
};

/** These refuse as InfluxDB does: `code`, `message` and `error`. */
export const REFUSES_AS_INFLUX = /^(writeLines|queryAsInflux|postQueryAsInflux|pingAsInflux|getHealthAsInflux)/;

function json(example: object, description: string) {
  return { "application/json": { schema: { description }, example } };
}
