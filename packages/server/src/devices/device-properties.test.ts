import { expect, test } from "vitest";
import { assertDeviceProperties } from "./device-properties.ts";

const battery = { key: "battery", isBuiltIn: true };

test("a described property is a number in its range", () => {
  assertDeviceProperties(battery, { capacityWattHours: 6_400, maxChargeWatts: 0 });
  for (const capacityWattHours of ["6400", -1, Number.NaN, Number.POSITIVE_INFINITY, null, [6_400]]) {
    expect(() => assertDeviceProperties(battery, { capacityWattHours }), String(capacityWattHours)).toThrow(
      expect.objectContaining({ code: "device.property_invalid", kind: "invalid" }),
    );
  }
});

test("a property of another type of device is refused, and the right ones are named", () => {
  expect(() => assertDeviceProperties({ key: "solar-panel", isBuiltIn: true }, { capacityWattHours: 1 })).toThrow(
    /has no capacityWattHours: it has ratedPowerWatts/,
  );
});

test("other facts are free, and all of them on devices of profiles that describe none", () => {
  assertDeviceProperties(battery, { room: "cellar", warranty: { until: 2031 } });
  assertDeviceProperties({ key: "battery", isBuiltIn: false }, { capacityWattHours: "much" });
  assertDeviceProperties({ key: "generic", isBuiltIn: true }, { capacityWattHours: "much" });
  assertDeviceProperties(battery, undefined);
});
