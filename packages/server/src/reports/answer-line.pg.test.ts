import { get as httpGet } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AggregateQuery } from "../telemetry/index.ts";
import { MAX_ANSWERED_AT_ONCE, MAX_WAITING_FOR_ANSWERS } from "./limits.ts";
import { createAnswerLine, evaluateNow } from "./request-report.ts";
import { createTestReports, SITE, type TestReports } from "./testing/test-reports.ts";

const DAY = "2026-10-25";
const draft = { report: "water-quality-daily", location: SITE, period: DAY };
const PATH = `/api/reports/daily?location=${SITE}&date=${DAY}`;

let given: TestReports;
beforeAll(async () => {
  given = await createTestReports();
  await given.store("weir", "2026-10-25T08:00:00Z", 20, 60_000, () => 7.1);
  await given.sluice.app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => given.sluice.close());

/** Others have taken all turns until they are let go. */
function takeAllTurns(): { readonly letGo: () => Promise<void> } {
  const over = Promise.withResolvers<void>();
  const never = new AbortController().signal;
  const held = Array.from({ length: MAX_ANSWERED_AT_ONCE }, () =>
    given.sluice.reports.answers.inTurn(never, () => over.promise),
  );
  return {
    letGo: async () => {
      over.resolve();
      await Promise.all(held);
    },
  };
}

test("who asks for a daily report waits for their turn; others of the API do not, and too many are told to come back", async () => {
  const others = takeAllTurns();
  const asked = Array.from({ length: MAX_WAITING_FOR_ANSWERS + 1 }, () => given.sluice.ask({ url: PATH }));
  const refused = await Promise.race(asked);
  expect(refused.json()).toMatchObject({ status: 503, code: "report.busy" });
  expect(refused.headers["retry-after"]).toBe("10");
  expect((await given.sluice.ask({ url: "/api/v1/sites" })).statusCode).toBe(200);
  await others.letGo();
  const statuses = (await Promise.all(asked)).map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200)).toHaveLength(MAX_WAITING_FOR_ANSWERS);
});

test("a caller who goes away while they wait leaves the line", async () => {
  const others = takeAllTurns();
  const { port } = given.sluice.app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${await given.sluice.tokenOf("operator")}` };
  const request = httpGet({ port, host: "127.0.0.1", path: PATH, headers });
  // Breaking it off is an error to whoever asked.
  request.on("error", () => {});
  await expect.poll(() => given.sluice.reports.answers.waitingCount).toBe(1);
  request.destroy();
  await expect.poll(() => given.sluice.reports.answers.waitingCount).toBe(0);
  await others.letGo();
});

test("a question to the telemetry ends when its caller goes away, and the next one has the turn", async () => {
  const asked: (AbortSignal | undefined)[] = [];
  const { telemetry } = given.reports;
  const answers = createAnswerLine();
  const reports = {
    ...given.reports,
    answers,
    telemetry: {
      latestOf: telemetry.latestOf,
      async aggregate(query: AggregateQuery) {
        asked.push(query.signal);
        while (asked.length <= MAX_ANSWERED_AT_ONCE && query.signal?.aborted === false) await nextTurn();
        return telemetry.aggregate(query);
      },
    },
  };
  const gone = new AbortController();
  const leaving = Array.from({ length: MAX_ANSWERED_AT_ONCE }, () =>
    evaluateNow(reports, given.by.organizationId, draft, gone.signal),
  );
  const left = Promise.allSettled(leaving);
  await expect.poll(() => asked.length).toBe(MAX_ANSWERED_AT_ONCE);
  const next = evaluateNow(reports, given.by.organizationId, draft, new AbortController().signal);
  await expect.poll(() => answers.waitingCount).toBe(1);
  gone.abort(new Error("gone"));
  expect((await left).map(({ status }) => status)).toEqual(leaving.map(() => "rejected"));
  expect((await next).completeness.readings).toBe(20);
});
