import { expect, it } from "vitest";
import { countAlerts } from "./count-alerts.ts";

const row = (uid: string, occurrences: number, open = 0) => ({ uid, alerts: occurrences, occurrences, open });

it("tells what is lost, doubled and left open, device by device", () => {
  const breaches = new Map([
    ["right", 1],
    ["lost", 3],
    ["missing", 2],
    ["double", 1],
  ]);
  const stored = [row("right", 3), row("lost", 1), row("double", 3, 1), row("never breached", 1)];
  expect(countAlerts([breaches, new Map([["right", 2]])], stored)).toEqual({
    breaches: 9,
    stored: 8,
    lost: 4,
    duplicated: 3,
    open: 1,
  });
});
