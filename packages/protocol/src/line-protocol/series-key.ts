import type { Fault } from "../readings/faults.ts";
import { uidFault } from "../readings/text.ts";
import { BACKSLASH, COMMA, EQUALS, unescapeText, utf8Text } from "./bytes.ts";
import { NO_MEASUREMENT, NOT_UTF8, TAG_INVALID, UID_TAG_MISSING } from "./line-faults.ts";

/** What a series' measurement and tags say about its readings. */
export interface SeriesIdentity {
  readonly uid: string;
  /** A field's metric is `metricPrefix + field + metricSuffix`. */
  readonly metricPrefix: string;
  readonly metricSuffix: string;
}

const SPECIAL_IN_MEASUREMENT = ", ";
const SPECIAL_IN_TAG = ", =";

/**
 * Reads a series key, `measurement,tag=value,…`. The tag `device` or else `sensor_id` is the uid, and a field is a metric by
 * its own name; without them `host` is the uid (as Telegraf sends), and the metric is `measurement.field[tag=value,…]` with
 * the other tags in alphabetical order, so that `cpu=cpu0` and `cpu=cpu1` stay apart.
 */
export function readSeriesKey(bytes: Uint8Array, from: number, to: number): SeriesIdentity | Fault {
  let end = partEnd(bytes, from, to);
  if (end === from) return NO_MEASUREMENT;
  const measurement = utf8Text(bytes, from, end);
  if (measurement === undefined) return NOT_UTF8;
  const tags = new Map<string, string>();
  while (end < to) {
    const start = end + 1;
    end = partEnd(bytes, start, to);
    const equals = equalsIn(bytes, start, end);
    if (equals === undefined || equals === start || equals === end - 1) return TAG_INVALID;
    const key = utf8Text(bytes, start, equals);
    const value = utf8Text(bytes, equals + 1, end);
    if (key === undefined || value === undefined) return NOT_UTF8;
    tags.set(unescapeText(key, SPECIAL_IN_TAG), unescapeText(value, SPECIAL_IN_TAG));
  }
  return identityOf(unescapeText(measurement, SPECIAL_IN_MEASUREMENT), tags);
}

function identityOf(measurement: string, tags: Map<string, string>): SeriesIdentity | Fault {
  const uid = tags.get("device") ?? tags.get("sensor_id");
  if (uid !== undefined) return uidFault(uid) ?? { uid, metricPrefix: "", metricSuffix: "" };
  const host = tags.get("host");
  if (host === undefined) return UID_TAG_MISSING;
  tags.delete("host");
  const others = [...tags].map(([key, value]) => `${key}=${value}`).sort();
  const metricSuffix = others.length === 0 ? "" : `[${others.join(",")}]`;
  return uidFault(host) ?? { uid: host, metricPrefix: `${measurement}.`, metricSuffix };
}

/** Where the part that begins at `from` ends: at the next comma that has no backslash before it. */
function partEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && !(bytes[at] === COMMA && bytes[at - 1] !== BACKSLASH)) at++;
  return at;
}

/** The only `=` without a backslash before it; undefined when there is none, or a second. */
function equalsIn(bytes: Uint8Array, from: number, to: number): number | undefined {
  let found: number | undefined;
  for (let at = from; at < to; at++) {
    if (bytes[at] !== EQUALS || bytes[at - 1] === BACKSLASH) continue;
    if (found !== undefined) return undefined;
    found = at;
  }
  return found;
}
