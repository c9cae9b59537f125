import type { Fault } from "../readings/faults.ts";

function fault(code: string, message: string): Fault {
  return { kind: "invalid", code, message };
}

export const NO_MEASUREMENT = fault("line.no_measurement", "The line does not begin with a measurement.");
export const TAG_INVALID = fault("line.tag_invalid", "A tag is not key=value; escape commas, spaces and = with \\.");
export const NOT_UTF8 = fault("line.not_utf8", "The line is not UTF-8 text.");
export const NO_FIELDS = fault("line.no_fields", "The line has no fields: measurement,tags field=value time.");
export const FIELD_INVALID = fault(
  "line.field_invalid",
  "A field is not key=value; escape commas, spaces and = with \\.",
);
export const VALUE_INVALID = fault(
  "line.value_invalid",
  'A value is a number (1.5, 42i, 42u), a boolean (true, false, t, f) or "quoted text".',
);
export const VALUE_OUT_OF_RANGE = fault(
  "line.value_out_of_range",
  "A number is out of range: floats are doubles, integers with i or u have 64 bits.",
);
export const STRING_UNTERMINATED = fault(
  "line.string_unterminated",
  "A quoted text does not end; neither this line nor any after it was read. Escape quotes in text with \\.",
);
export const TIMESTAMP_INVALID = fault("line.timestamp_invalid", "The time is not an integer; nothing may follow it.");
export const UID_TAG_MISSING: Fault = fault(
  "device.uid_missing",
  "The line names no device: add the tag device, sensor_id or host.",
);
