/** PostgreSQL keeps microseconds, a JavaScript Date does not: times that are compared travel as whole microseconds. */
export function micros(timestamptz: string): string {
  return `(extract(epoch from ${timestamptz}) * 1000000)::int8`;
}

export function fromMicros(parameter: string): string {
  return `(timestamptz 'epoch' + ${parameter}::float8 * interval '1 microsecond')`;
}
