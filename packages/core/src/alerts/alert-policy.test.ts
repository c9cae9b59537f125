import { describe, expect, it } from "vitest";
import { type AlertPolicy, parseAlertPolicy } from "./alert-policy.ts";

describe("an alert policy", () => {
  it("is taken as it was given", () => {
    const whole: AlertPolicy = {
      severity: "major",
      message: "{device}: {metric} is {value}",
      isLatched: true,
      group: "water",
      reAlarmAfterMs: 600_000,
    };
    expect(parseAlertPolicy(whole)).toEqual(whole);
    expect(parseAlertPolicy({ severity: "info" })).toEqual({ severity: "info" });
  });

  it.each([
    [null, "alert"],
    [[], "alert"],
    [{}, "alert.severity"],
    [{ severity: "urgent" }, "alert.severity"],
    [{ severity: "info", message: 1 }, "alert.message"],
    [{ severity: "info", isLatched: "yes" }, "alert.isLatched"],
    [{ severity: "info", group: " " }, "alert.group"],
    [{ severity: "info", group: "g".repeat(64) }, "alert.group"],
    [{ severity: "info", reAlarmAfterMs: 59_999 }, "alert.reAlarmAfterMs"],
    [{ severity: "info", reAlarmAfterMs: 60_000.5 }, "alert.reAlarmAfterMs"],
    [{ severity: "info", colour: "red" }, "alert.colour"],
  ])("%j is refused, naming %s", (value, path) => {
    expect(() => parseAlertPolicy(value)).toThrow(
      expect.objectContaining({ code: "alert.policy_invalid", details: expect.objectContaining({ path }) }),
    );
  });

  it("with a message that could not be written is refused", () => {
    expect(() => parseAlertPolicy({ severity: "info", message: "{valeu}" })).toThrow(
      expect.objectContaining({ code: "alert.template_invalid" }),
    );
  });
});
