import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const FLAT = [{ name: "all", price: 0.3 }];
const make = (draft: object) =>
  sluice.ask({ method: "POST", url: "/api/v1/tariffs", payload: { name: "T", periods: FLAT, ...draft } });

test("a tariff has periods, tiers and a feed-in price, in the organization's currency", async () => {
  await sluice.ask({ method: "PATCH", url: "/api/v1/organization", payload: { currency: "CHF" } });
  const periods = [
    { name: "peak", price: 0.4, from: "06:00", to: "22:00" },
    { name: "night", price: 0.2, from: "22:00", to: "06:00" },
  ];
  const tiers = [{ aboveKwh: 500, addedPrice: 0.05 }];
  const answer = await make({ validFrom: "2026-01-01", periods, tiers, feedInPrice: 0.08 });
  expect(answer.statusCode, answer.body).toBe(201);
  const expected = { site: null, currency: "CHF", periods, tiers, feedInPrice: 0.08, standingChargePerDay: 0 };
  expect(answer.json()).toMatchObject({ ...expected, validFrom: "2026-01-01", validUntil: null });
  expect((await sluice.ask({ url: String(answer.headers.location) })).json()).toEqual(answer.json());
});

test("gaps and overlaps of its periods are told, all of them", async () => {
  const periods = [
    { name: "day", price: 0.4, from: "06:00", to: "22:00" },
    { name: "noon", price: 0.1, days: ["sun"], from: "12:00", to: "13:00" },
  ];
  const refused = await make({ validFrom: "2001-01-01", validUntil: "2001-02-01", periods });
  expect(refused.statusCode).toBe(400);
  const { code, gaps, overlaps } = refused.json();
  expect(code).toBe("tariff.periods_invalid");
  expect(gaps).toHaveLength(14);
  expect(overlaps).toMatchObject([{ day: "sun", from: "12:00", to: "13:00", periods: ["day", "noon"] }]);
});

test("one tariff of a site holds at a time; another site has its own", async () => {
  await sluice.ask({ method: "POST", url: "/api/v1/sites", payload: { slug: "own", name: "Own", timeZone: "UTC" } });
  const site = { site: "own" };
  const first = await make({ ...site, validFrom: "2030-01-01" });
  expect(first.statusCode, first.body).toBe(201);
  const again = await make({ ...site, validFrom: "2031-01-01" });
  expect([again.statusCode, again.json().code]).toEqual([409, "tariff.overlaps"]);
  const ended = await sluice.ask({
    ...{ method: "PATCH", url: `/api/v1/tariffs/${first.json().id}`, payload: { validUntil: "2031-01-01" } },
  });
  expect(ended.json()).toMatchObject({ validUntil: "2031-01-01", periods: FLAT });
  expect((await make({ ...site, validFrom: "2031-01-01" })).statusCode).toBe(201);
  const on = (await sluice.ask({ url: "/api/v1/tariffs?site=own&on=2031-01-01" })).json();
  expect(on.map(({ validFrom }: { validFrom: string }) => validFrom)).toEqual(["2031-01-01"]);
  const site409 = await sluice.ask({ method: "DELETE", url: "/api/v1/sites/own" });
  expect([site409.statusCode, site409.json().code]).toEqual([409, "site.has_history"]);
});

test.each([
  [{ validFrom: "2026-02-30" }, 400, "tariff.dates_invalid"],
  [{ validFrom: "2026-02-03", validUntil: "2026-02-03" }, 400, "tariff.dates_invalid"],
  [{ validFrom: "1990-01-01", validUntil: "1991-01-01", currency: "XQQ" }, 400, "organization.currency_unknown"],
  [{ validFrom: "1990-01-01", validUntil: "1991-01-01", site: "nowhere" }, 404, "site.unknown"],
])("%j is refused", async (draft, status, code) => {
  const refused = await make(draft);
  expect([refused.statusCode, refused.json().code]).toEqual([status, code]);
});
