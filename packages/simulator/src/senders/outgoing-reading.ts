/** One message that a device says: its time and what it measured. Text and booleans end up in the `extras`. */
export interface OutgoingReading {
  /** Microseconds since 1970, a whole number. */
  readonly timeMicros: number;
  readonly values: readonly OutgoingValue[];
}

export type OutgoingValue = readonly [key: string, value: number | string | boolean];

/** `{"ts":…,"values":{…}}`, as devices publish it on their telemetry topic. */
export function toTelemetryJson(reading: OutgoingReading): string {
  return `{"ts":${toJsonTime(reading.timeMicros)},"values":${toJsonObject(reading.values)}}`;
}

/** One element of `POST /api/readings/bulk`. */
export function toBulkItem(uid: string, reading: OutgoingReading): string {
  const time = JSON.stringify(toRfc3339(reading.timeMicros));
  return `{"device_id":${JSON.stringify(uid)},"ts_utc":${time},"payload":${toJsonObject(reading.values)}}`;
}

/** The same as the edge agent says it: with its local time, and a payload that nests where its keys have dots. */
export function toSyncItem(uid: string, reading: OutgoingReading, offsetMinutes: number): string {
  const item = {
    device_id: uid,
    ts_utc: toRfc3339(reading.timeMicros),
    ts_local: toLocalTime(reading.timeMicros, offsetMinutes),
    payload: nested(reading.values),
  };
  return JSON.stringify(item);
}

type Nested = { [key: string]: Nested | number | string | boolean };

function nested(values: readonly OutgoingValue[]): Nested {
  const payload: Nested = {};
  for (const [key, value] of values) {
    const steps = key.split(".");
    let inner = payload;
    for (const step of steps.slice(0, -1)) {
      inner[step] ??= {};
      inner = inner[step] as Nested;
    }
    inner[steps.at(-1)!] = value;
  }
  return payload;
}

function toLocalTime(timeMicros: number, offsetMinutes: number): string {
  const local = toRfc3339(timeMicros + offsetMinutes * 60e6).slice(0, -1);
  const minutes = Math.abs(offsetMinutes);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** One line of Influx line protocol, its time in microseconds. */
export function toLine(uid: string, reading: OutgoingReading): string {
  const fields = reading.values.map(([key, value]) => `${escapeKey(key)}=${toFieldValue(value)}`).join(",");
  return `reading,device=${escapeKey(uid)} ${fields} ${reading.timeMicros}`;
}

/** Milliseconds where they suffice, else RFC 3339 with all six digits: JSON's numbers would carry a fraction. */
function toJsonTime(timeMicros: number): string {
  return timeMicros % 1000 === 0 ? String(timeMicros / 1000) : JSON.stringify(toRfc3339(timeMicros));
}

export function toRfc3339(timeMicros: number): string {
  const millis = Math.floor(timeMicros / 1000);
  const rest = timeMicros - millis * 1000;
  const text = new Date(millis).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/** Written by hand, because an object would lose a key called `__proto__`, the order of numeric keys, and −0. */
function toJsonObject(values: readonly OutgoingValue[]): string {
  return `{${values.map(([key, value]) => `${JSON.stringify(key)}:${toJsonValue(value)}`).join(",")}}`;
}

function toJsonValue(value: number | string | boolean): string {
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

function toFieldValue(value: number | string | boolean): string {
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function escapeKey(text: string): string {
  return text.replace(/[ ,=]/g, "\\$&");
}
