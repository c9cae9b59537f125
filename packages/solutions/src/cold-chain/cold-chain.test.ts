import { expect, test } from "vitest";
import { coldRoomProfile } from "./profile.ts";
import { coldChainReport } from "./reports.ts";

const rule = (key: string) => coldRoomProfile.rules.find((one) => one.key === key)!;

test("a room is too warm above 8 °C for half an hour, too cold below 2 °C, and told of at once when it freezes", () => {
  expect(rule("too-warm")).toMatchObject({ comparison: "above", threshold: 8, forMs: 1_800_000 });
  expect(rule("too-cold")).toMatchObject({ comparison: "below", threshold: 2, forMs: 1_800_000 });
  expect(rule("freezing")).toMatchObject({ comparison: "below", threshold: 0 });
  expect(rule("freezing")).not.toHaveProperty("forMs");
});

test("the report holds the temperature against the range of the WHO, and nothing else", () => {
  const limits = coldChainReport.limits!("temperature", "2026-01-01");
  expect(limits.map(({ bound, value }) => [bound, value])).toEqual([
    ["minimum", 2],
    ["maximum", 8],
  ]);
  expect(coldChainReport.limits!("humidity", "2026-01-01")).toEqual([]);
});
