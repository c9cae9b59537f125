/** Milliseconds of the machine's monotonic clock, which all processes of one machine share; `performance.now()` is each one's own. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
