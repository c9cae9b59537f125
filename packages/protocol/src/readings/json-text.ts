import { SluiceError } from "@sluice/core/errors.ts";
import type { Fault } from "./faults.ts";

/** Parses JSON; throws `body.malformed_json` saying where it breaks. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const where = cause instanceof Error ? cause.message : "";
    throw new SluiceError("invalid", "body.malformed_json", `The body is not JSON: ${where}`, { cause });
  }
}

/** A line of newline-delimited JSON that is not JSON. */
export class MalformedLine {
  readonly fault: Fault;

  constructor(message: string) {
    this.fault = { kind: "invalid", code: "body.malformed_json", message: `The line is not JSON: ${message}` };
  }
}

/** The values of newline-delimited JSON, one a line that is not blank; a `MalformedLine` stands where a line is not JSON. */
export function parseNdjson(text: string): unknown[] {
  const values: unknown[] = [];
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf("\n", from);
    const to = newline === -1 ? text.length : newline;
    const line = text.slice(from, to).trim();
    if (line !== "") values.push(parseLine(line));
    from = to + 1;
  }
  return values;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    return new MalformedLine(error instanceof Error ? error.message : "");
  }
}
