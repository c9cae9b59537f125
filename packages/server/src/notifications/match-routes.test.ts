import { expect, test } from "vitest";
import { createQuietFinder, deliveriesOf, escalationsOf, type LiveRoute, matchingRoutes } from "./match-routes.ts";
import type { Notice } from "./notice.ts";

const NOW_MS = Date.parse("2026-01-10T23:00:00Z");

function route(fields: Partial<LiveRoute> = {}): LiveRoute {
  return {
    id: 1,
    organizationId: 1,
    name: "Everybody",
    position: 1,
    isEnabled: true,
    match: { minSeverity: "info", sites: null, rules: null, events: ["fired"] },
    channels: [1],
    escalation: [],
    continues: false,
    quietHours: null,
    groupBy: "site",
    groupWindowMs: 0,
    templates: {},
    createdAt: new Date(0),
    disabledChannels: [],
    ...fields,
  };
}

function notice(fields: Partial<Notice> = {}): Notice {
  return {
    id: "n",
    organizationId: 1,
    alertId: "a",
    event: "fired",
    severity: "major",
    siteId: 3,
    ruleId: 7,
    deviceId: 9,
    title: "t",
    message: "m",
    occurredAtMicros: 0,
    data: {},
    ...fields,
  };
}

const matched = (match: Partial<LiveRoute["match"]>, fields: Partial<Notice> = {}) =>
  matchingRoutes([route({ match: { ...route().match, ...match } })], notice(fields)).length === 1;

test.each([
  ["a lower severity", { minSeverity: "critical" }, {}, false],
  ["its own severity", { minSeverity: "major" }, {}, true],
  ["another event", { events: ["resolved"] }, {}, false],
  ["its site", { sites: [2, 3] }, {}, true],
  ["another site", { sites: [2] }, {}, false],
  ["no site where some are named", { sites: [3] }, { siteId: null }, false],
  ["no rule where none is named", {}, { ruleId: null }, true],
  ["another rule", { rules: [8] }, {}, false],
  ["another organization", {}, { organizationId: 2 }, false],
] as const)("a route and %s", (_what, match, fields, expected) => {
  expect(matched(match, fields)).toBe(expected);
});

test("the first that matches takes a notice, unless it continues; a disabled one is passed over", () => {
  const routes = [
    route({ id: 1, isEnabled: false }),
    route({ id: 2, continues: true }),
    route({ id: 3 }),
    route({ id: 4 }),
  ];
  expect(matchingRoutes(routes, notice()).map(({ id }) => id)).toEqual([2, 3]);
});

const quietHours = {
  timeZone: "UTC",
  from: "22:00",
  to: "06:00",
  breakThrough: ["critical"],
  action: "hold",
} as const;
const first = (fields: Partial<LiveRoute>, told: Partial<Notice> = {}) =>
  deliveriesOf(route(fields), notice(told), [1], NOW_MS, createQuietFinder(NOW_MS))[0]!;

test("quiet hours hold a notice until their end, suppress it, or let it break through", () => {
  const morning = Date.parse("2026-01-11T06:00:00Z");
  expect(first({ quietHours })).toMatchObject({ state: "pending", nextAttemptAtMs: morning });
  expect(first({ quietHours }).giveUpAtMs).toBe(morning + 24 * 3_600_000);
  expect(first({ quietHours: { ...quietHours, action: "suppress" } })).toMatchObject({ state: "suppressed" });
  expect(first({ quietHours }, { severity: "critical" })).toMatchObject({ state: "pending", nextAttemptAtMs: NOW_MS });
});

test("a grouping window delays all but what is critical", () => {
  expect(first({ groupWindowMs: 60_000 })).toMatchObject({ nextAttemptAtMs: NOW_MS + 60_000, isGrouped: true });
  expect(first({ groupWindowMs: 60_000 }, { severity: "critical" })).toMatchObject({
    nextAttemptAtMs: NOW_MS,
    isGrouped: false,
    isUrgent: true,
  });
});

test("a disabled channel suppresses", () => {
  expect(first({ disabledChannels: [1] })).toMatchObject({ state: "suppressed", reason: "The channel is disabled." });
});

test.each([
  ["site", {}, "site:3"],
  ["site", { siteId: null }, "site:none"],
  ["rule", {}, "rule:7"],
  ["alert", {}, "alert:a"],
  ["all", {}, "all"],
] as const)("grouped by %s %j: %s", (groupBy, fields, key) => {
  expect(first({ groupBy }, fields).groupKey).toBe(key);
});

test("escalation counts from when the first channels are told, and a silenced route does not escalate", () => {
  const escalation = [{ afterMinutes: 15, channels: [2] }];
  const due = (fields: Partial<LiveRoute>) =>
    escalationsOf(route({ escalation, ...fields }), notice(), NOW_MS, createQuietFinder(NOW_MS)).map(
      ({ dueAtMs }) => dueAtMs,
    );
  expect(due({})).toEqual([NOW_MS + 900_000]);
  expect(due({ quietHours })).toEqual([Date.parse("2026-01-11T06:15:00Z")]);
  expect(due({ quietHours: { ...quietHours, action: "suppress" } })).toEqual([]);
});
