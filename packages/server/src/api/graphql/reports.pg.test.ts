import { afterAll, beforeAll, expect, test } from "vitest";
import { requestReport } from "../../reports/index.ts";
import { createTestReports, SITE, type TestReports } from "../../reports/testing/test-reports.ts";
import { type Ask, dataAsker, graphAsker } from "./testing/ask-graph.ts";

const DAY = "2026-10-25";
let given: TestReports;
let ask: Ask;
let data: ReturnType<typeof dataAsker>;
/** Made, and not made yet. */
let done: string;
let queued: string;
beforeAll(async () => {
  given = await createTestReports();
  ask = graphAsker(given.sluice);
  data = dataAsker(given.sluice);
  await given.store("weir", `${DAY}T08:00:00Z`, 20, 60_000, (index) => 7 + index / 100);
  const request = (period: string) =>
    requestReport(given.reports, given.by, { report: "water-quality-daily", location: SITE, period });
  done = (await request(DAY)).id;
  await given.makeAll();
  queued = (await request("2026-10-24")).id;
});
afterAll(() => given.sluice.close());

const FIELDS =
  "id report site period from to language formats state attempts isComplete share errorCode finishedAt content";

test("a report with its state and its content, which is that of REST", async () => {
  const { report } = await data(`{ report(id: "${done}") { ${FIELDS} } }`, { as: "operator" });
  const rest = await given.sluice.ask({ url: `/api/v1/reports/${done}`, as: "operator" });
  const { id, site, period, from, to, share, finishedAt } = rest.json();
  expect(report).toMatchObject({ id, site, period, from, to, share, finishedAt });
  expect(report).toMatchObject({ state: "DONE", formats: ["JSON", "CSV", "PDF"], attempts: 1, errorCode: null });
  const content = await given.sluice.ask({ url: `/api/v1/reports/${done}/content`, as: "operator" });
  expect(report.content).toEqual(content.json());
  expect(report.content.completeness.readings).toBe(20);
});

test("one that is not made yet has no content", async () => {
  const { report } = await data(`{ report(id: "${queued}") { state content share } }`);
  expect(report).toEqual({ state: "QUEUED", content: null, share: null });
});

test("the list, newest first, by what is asked of it and page by page", async () => {
  const list = async (args: string) => {
    const { reports } = await data(`{ reports(${args}) { nodes { id } pageInfo { hasNextPage endCursor } } }`);
    return { ids: reports.nodes.map(({ id }: { id: string }) => id), ...reports.pageInfo };
  };
  const first = await list("first: 1");
  expect(first).toMatchObject({ ids: [queued], hasNextPage: true });
  expect(await list(`first: 1, after: "${first.endCursor}"`)).toMatchObject({ ids: [done], hasNextPage: false });
  expect((await list(`site: "${SITE}", state: DONE, report: "water-quality-daily"`)).ids).toEqual([done]);
  expect((await list('site: "default"')).ids).toEqual([]);
});

test("an id of nothing is the error that REST answers, and contents of very many are refused before they are read", async () => {
  const { errors } = await ask('{ report(id: "00000000-0000-4000-8000-000000000000") { state } }');
  expect(errors).toMatchObject([{ path: ["report"], extensions: { code: "report.unknown" } }]);
  const many = await ask("{ reports(first: 25) { nodes { content } } }");
  expect(many.errors).toMatchObject([{ extensions: { code: "graphql.too_costly" } }]);
});
