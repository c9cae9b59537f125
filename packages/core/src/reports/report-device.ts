export interface ReportDevice {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly createdMicros: number;
  /** How often it is to report, where somebody has said so. */
  readonly intervalMs: number | undefined;
  /** Keys of the report's metrics that it has ever said. */
  readonly knownMetrics: ReadonlySet<string>;
}
