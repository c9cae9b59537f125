import { afterAll, beforeAll, expect, test } from "vitest";
import { ReportWorker } from "../../reports/index.ts";
import { readPdf } from "../../reports/testing/read-pdf.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
const DAY = "2026-03-29";
const START = Date.parse("2026-03-28T23:00:00Z");
beforeAll(async () => {
  sluice = await createTestApp();
  const site = { slug: "upper-weir", name: "Upper Weir", timeZone: "Europe/Berlin" };
  await sluice.ask({ method: "POST", url: "/api/v1/sites", payload: site });
  const devices = [
    { uid: "123", profile: "generic" },
    { uid: "wq-2", profile: "water-quality" },
    { uid: "pump", profile: "irrigation-zone" },
  ];
  for (const device of devices) {
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { ...device, site: "upper-weir" } });
  }
  await sluice.database.pool.query("update device set created_at = '2026-01-01'");
  // As the specification's sensors send: "pH" and "temp".
  const minutes = Array.from({ length: 23 * 6 }, (_, index) => START + index * 600_000);
  await Promise.all(
    minutes.map((timeMs, index) => sluice.store("123", timeMs, { pH: 7 + (index % 2) / 10, temp: 12.5 })),
  );
  await sluice.store("wq-2", START + 3_600_000, { ph: 8.4, turbidity: 0.31 });
  await sluice.store("pump", START + 3_600_000, { moisture: 20 });
});
afterAll(() => sluice.close());

const daily = (query: string, headers: Record<string, string> = {}) =>
  sluice.ask({ url: `/api/reports/daily?${query}`, headers, as: "operator" });

async function makeAll(): Promise<void> {
  const worker = new ReportWorker(sluice.reports);
  worker.start();
  await worker.settled();
  await worker.stop();
}

test.each(["upper-weir", "Upper Weir", "upper weir"])(
  "the daily report of %j, by the clock of the site",
  async (location) => {
    const answer = await daily(`location=${encodeURIComponent(location)}&date=${DAY}`);
    expect(answer.statusCode, answer.body).toBe(200);
    const { site, period, sections } = answer.json();
    expect(site).toMatchObject({ slug: "upper-weir", name: "Upper Weir" });
    expect(period).toMatchObject({ name: DAY, hours: 23, isComplete: true, from: "2026-03-28T23:00:00.000Z" });
    const [summary, charts] = sections;
    expect(summary.rows.map(({ metric, count }: { metric: string; count: number }) => [metric, count])).toEqual([
      ["ph", 139],
      ["turbidity", 1],
      ["temperature", 138],
    ]);
    expect(summary.rows[0]).toMatchObject({ min: 7, max: 8.4, maxDevice: "wq-2", devices: 2 });
    expect(charts.starts).toHaveLength(23);
    const table = sections.find(({ kind }: { kind: string }) => kind === "table");
    expect(table.rows.map(({ device }: { device: string }) => device)).toEqual(["123", "wq-2"]);
    // Of two series with 138 readings each, and one of their kind with a single one; nobody knows what of turbidity was due.
    expect(answer.json().completeness).toMatchObject({ expected: 3 * 138, readings: 278, share: 277 / (3 * 138) });
  },
);

test("the same as CSV and as PDF", async () => {
  const query = `location=upper-weir&date=${DAY}`;
  const csv = await daily(query, { accept: "text/csv" });
  expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  expect(csv.headers["content-disposition"]).toContain("water-quality-daily-upper-weir-2026-03-29.csv");
  expect(csv.body.split("\r\n")[1]).toContain(",123,123,ph,pH,7.05");
  const pdf = await daily(query, { accept: "application/pdf" });
  expect(pdf.headers["content-type"]).toBe("application/pdf");
  const [page] = await readPdf(pdf.rawPayload);
  expect(page).toContain("Sunday, 29 March 2026 (23 h, Europe/Berlin)");
  expect(page).toContain("pH pH 7.06 7.00");
});

test("a day under way says so, one that has not begun is refused", async () => {
  const today = new Date().toISOString().slice(0, 10);
  const answer = await daily(`location=upper-weir&date=${today}`);
  // Just after midnight in Berlin the UTC date is that of yesterday there, which is over.
  if (answer.json().period.to > new Date().toISOString()) expect(answer.json().period.isComplete).toBe(false);
  const tomorrow = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  expect((await daily(`location=upper-weir&date=${tomorrow}`)).json()).toMatchObject({ code: "report.period_ahead" });
});

test.each([
  [`location=nowhere&date=${DAY}`, 404, "site.unknown"],
  ["location=upper-weir&date=2026-02-30", 400, "report.period"],
  ["location=upper-weir&date=soon", 400, "report.period"],
  [`location=upper-weir&date=${DAY}&language=fr`, 400, "request.invalid"],
  [`date=${DAY}`, 400, "request.invalid"],
  [`location=upper-weir&date=${DAY}&format=docx`, 400, "request.invalid"],
])("%s is answered %i %s", async (query, status, code) => {
  const answer = await daily(query);
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
});

test("an unknown location is told with what is alike", async () => {
  expect((await daily("location=weir")).json()).toMatchObject({ status: 404, alike: ["upper-weir"] });
  expect((await daily("location=nowhere")).json().detail).toContain("GET /api/v1/sites lists them");
});

test("a report on demand: queued, made, read in its forms, listed, deleted", async () => {
  const payload = { report: "water-quality-daily", location: "upper-weir", period: DAY, language: "de" };
  const asked = await sluice.ask({ method: "POST", url: "/api/v1/reports", payload, as: "scientist" });
  expect([asked.statusCode, asked.json().state]).toEqual([202, "queued"]);
  const url = String(asked.headers.location);
  const early = await sluice.ask({ url: `${url}/content`, as: "operator" });
  expect([early.statusCode, early.json().code]).toEqual([409, "report.not_done"]);
  await makeAll();
  const done = (await sluice.ask({ url, as: "operator" })).json();
  expect(done).toMatchObject({ state: "done", isComplete: true, period: DAY, mails: [] });
  expect(done.files.map(({ format }: { format: string }) => format)).toEqual(["json", "csv", "pdf"]);
  const content = await sluice.ask({ url: `${url}/content`, as: "operator" });
  expect(content.json()).toMatchObject({ language: "de", title: "Tagesbericht Wasserqualität" });
  const pdf = await sluice.ask({ url: `${url}/content?format=pdf`, as: "operator" });
  expect((await readPdf(pdf.rawPayload))[0]).toContain("29. März 2026");
  expect((await sluice.ask({ url: "/api/v1/reports?site=upper-weir&state=done" })).json()).toMatchObject([
    { id: done.id },
  ]);
  const gone = await sluice.ask({ method: "DELETE", url, as: "scientist" });
  expect([gone.statusCode, (await sluice.ask({ url })).json().code]).toEqual([204, "report.unknown"]);
});

test("an hour that the clock shows twice is two reports", async () => {
  for (const [period, from] of [
    ["2026-10-25T02:00+02:00", "2026-10-25T00:00:00.000Z"],
    ["2026-10-25T02:00+01:00", "2026-10-25T01:00:00.000Z"],
  ]) {
    const payload = { report: "water-quality-hourly", location: "upper-weir", period };
    const run = (await sluice.ask({ method: "POST", url: "/api/v1/reports", payload })).json();
    expect(run).toMatchObject({ period, from });
  }
});

test("the list goes on page by page", async () => {
  for (let count = 0; count < 5; count++) {
    const payload = { report: "water-quality-daily", location: "upper-weir", period: `2026-04-0${count + 1}` };
    await sluice.ask({ method: "POST", url: "/api/v1/reports", payload });
  }
  const first = await sluice.ask({ url: "/api/v1/reports?report=water-quality-daily&limit=3" });
  const next = /<([^>]*)>/.exec(String(first.headers.link))![1]!;
  const second = await sluice.ask({ url: next });
  const periods = [...first.json(), ...second.json()].map(({ period }: { period: string }) => period);
  expect(periods).toEqual(["2026-04-05", "2026-04-04", "2026-04-03", "2026-04-02", "2026-04-01"]);
});

test("who may only read asks for none", async () => {
  const payload = { report: "water-quality-daily", location: "upper-weir" };
  const answer = await sluice.ask({ method: "POST", url: "/api/v1/reports", payload, as: "operator" });
  expect(answer.statusCode).toBe(403);
});

test.each([
  [{ report: "nothing" }, "report.definition_unknown"],
  [{ location: "nowhere" }, "site.unknown"],
  [{ period: "2026-W12" }, "report.period"],
  [{ period: "2026-03-29T02:00" }, "report.period"],
])("a report of %j is refused", async (change, code) => {
  const payload = { report: "water-quality-daily", location: "upper-weir", period: DAY, ...change };
  expect((await sluice.ask({ method: "POST", url: "/api/v1/reports", payload })).json().code).toBe(code);
});

const schedule = {
  ...{ name: "Morning", report: "water-quality-daily", location: "upper-weir" },
  times: { kind: "daily", at: "06:00" },
};

test("a schedule is made, read, changed as it was seen, and deleted", async () => {
  const made = await sluice.ask({
    method: "POST",
    url: "/api/v1/report-schedules",
    payload: schedule,
    as: "scientist",
  });
  expect(made.json()).toMatchObject({
    formats: ["pdf"],
    recipients: [],
    keepDays: 400,
    isEnabled: true,
    language: null,
  });
  const url = String(made.headers.location);
  const change = (headers: Record<string, string>, payload: object) =>
    sluice.ask({ method: "PATCH", url, headers, payload });
  const seen = { "if-match": String((await sluice.ask({ url, as: "operator" })).headers.etag) };
  const changed = await change(seen, { recipients: ["authority@water.example"], keepDays: 30 });
  expect(changed.json()).toMatchObject({ recipients: ["authority@water.example"], keepDays: 30 });
  expect((await change(seen, { keepDays: 31 })).json()).toMatchObject({ status: 412, code: "request.stale" });
  expect((await sluice.ask({ url: "/api/v1/report-schedules?site=upper-weir" })).json()).toHaveLength(1);
  expect((await sluice.ask({ method: "DELETE", url, as: "scientist" })).statusCode).toBe(204);
  expect((await sluice.ask({ url })).json().code).toBe("report_schedule.unknown");
});

test("a scientist has reports mailed to members by their confirmed addresses, an administrator to others too", async () => {
  const url = "/api/v1/report-schedules";
  const make = (recipients: readonly string[], as: "scientist" | "admin" = "scientist") =>
    sluice.ask({ method: "POST", url, payload: { ...schedule, recipients }, as });
  const { pool } = sluice.database;
  const { rows } = await pool.query(
    "select u.id, u.email from app_user u join membership m on m.user_id = u.id where m.organization_id = $1 limit 1",
    [sluice.organizationId],
  );
  const [{ id, email }] = rows;
  const confirm = (at: string | null) =>
    pool.query("update app_user set email_confirmed_at = $2 where id = $1", [id, at]);
  const refused = { status: 403, code: "report_schedule.recipient_outside", outside: [email] };
  await confirm(null);
  expect((await make([email])).json()).toMatchObject(refused);
  await confirm("2026-01-01T00:00:00Z");
  expect((await make([email.toUpperCase()])).statusCode).toBe(201);
  expect((await make([email, "authority@water.example"])).json()).toMatchObject({
    ...refused,
    outside: ["authority@water.example"],
  });
  const made = await make(["authority@water.example"], "admin");
  expect(made.statusCode).toBe(201);
  const change = (payload: object) =>
    sluice.ask({ method: "PATCH", url: String(made.headers.location), payload, as: "scientist" });
  expect((await change({ keepDays: 31 })).statusCode).toBe(200);
  expect((await change({ recipients: ["somebody@else.example"] })).statusCode).toBe(403);
});

test.each([
  [{ times: { kind: "daily", at: "24:00" } }, 400, "request.invalid"],
  [{ times: { kind: "cron", expression: "61 * * * *" } }, 400, "schedule.cron"],
  [{ recipients: ["nobody"] }, 400, "report_schedule.recipient"],
  [{ report: "nothing" }, 400, "report.definition_unknown"],
  [{ location: "nowhere" }, 404, "site.unknown"],
  [{ formats: [] }, 400, "request.invalid"],
])("a schedule with %j is refused with %i %s", async (change, status, code) => {
  const payload = { ...schedule, ...change };
  const answer = await sluice.ask({ method: "POST", url: "/api/v1/report-schedules", payload });
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
});

test("the definitions say what there is, in every language", async () => {
  const definitions = (await sluice.ask({ url: "/api/v1/report-definitions", as: "operator" })).json();
  const periods = definitions.map(({ key, period }: { key: string; period: string }) => [key, period]);
  expect(Object.fromEntries(periods)).toMatchObject({ "water-quality-daily": "day", "water-quality-hourly": "hour" });
});
