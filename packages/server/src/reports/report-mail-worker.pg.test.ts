import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { MAIL_LIFETIME_MS } from "./limits.ts";
import { readReport } from "./report-files.ts";
import { listMails } from "./report-mail-store.ts";
import { readPdf } from "./testing/read-pdf.ts";
import { ReportMailbox } from "./testing/report-mailbox.ts";
import { createTestReports, type TestReports } from "./testing/test-reports.ts";

const RECIPIENTS = ["authority@water.example", "works@water.example"];

let water: TestReports;
let mailbox: ReportMailbox;
beforeAll(async () => {
  water = await createTestReports();
  await water.store("weir", "2026-10-25T22:00:00Z", 300, 300_000, () => 7.25);
});
afterAll(() => water.sluice.close());
beforeEach(async () => {
  mailbox = await ReportMailbox.open();
  water.setTime("2026-10-26T12:00:00Z");
  await water.reports.pool.query("delete from report_run; delete from report_schedule");
  await water.schedule({ recipients: RECIPIENTS });
  water.setTime("2026-10-27T05:00:00Z");
  await water.makeAll();
});
afterEach(() => mailbox.close());

const deliver = () => mailbox.deliver(water.reports);
const mails = async () => {
  const [run] = await water.runs();
  return (await listMails(water.reports.pool, run!.id)).map(({ to, state, attempts }) => ({ to, state, attempts }));
};

test("each recipient is sent the PDF once, with a link to it", async () => {
  await Promise.all([deliver(), deliver()]);
  await deliver();
  expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(RECIPIENTS);
  expect(await mails()).toEqual(RECIPIENTS.map((to) => ({ to, state: "sent", attempts: 1 })));
  const [run] = await water.runs();
  const { pdf, source } = mailbox.mails[0]!;
  expect(pdf.equals(await readReport(water.reports, run!, "pdf", new AbortController().signal))).toBe(true);
  expect((await readPdf(pdf))[0]).toContain("7,25");
  expect(source).toContain("water-quality-daily-altenau-2026-10-26.pdf");
  const text = source.replaceAll(/=\r?\n/g, "");
  expect(text).toContain(`https://sluice.example.org/api/v1/reports/${run!.id}/content?format=3Dpdf`);
});

test("a mail that is not taken now is sent later under the same id", async () => {
  mailbox.rejection = { responseCode: 451, message: "try later" };
  await deliver();
  await deliver();
  expect(await mails()).toEqual(RECIPIENTS.map((to) => ({ to, state: "queued", attempts: 1 })));
  mailbox.rejection = undefined;
  water.setTime("2026-10-27T05:00:05Z");
  await deliver();
  expect(await mails()).toEqual(RECIPIENTS.map((to) => ({ to, state: "sent", attempts: 2 })));
  const { rows } = await water.reports.pool.query("select id from report_mail order by recipient");
  const ids = mailbox.mails.toSorted((a, b) => (a.to < b.to ? -1 : 1)).map(({ messageId }) => messageId);
  expect(ids).toEqual(rows.map(({ id }) => `<${id}@water.example>`));
});

test("a mail that is refused for good is not tried again, and one that nobody takes expires", async () => {
  mailbox.rejection = { responseCode: 550, message: "no such user" };
  await deliver();
  expect(await mails()).toEqual(RECIPIENTS.map((to) => ({ to, state: "refused", attempts: 1 })));
  await water.reports.pool.query("update report_mail set state = 'queued', finished_at = null, due_at = now()");
  water.setTime(new Date(Date.parse("2026-10-27T05:00:00Z") + MAIL_LIFETIME_MS).toISOString());
  await deliver();
  expect((await mails()).map(({ state }) => state)).toEqual(["expired", "expired"]);
});
