/**
 * PostgreSQL's settings for a small machine that mostly appends. They are written anew at every start; `alter system`
 * overrides them for one installation.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // Acknowledged means stored: never weaker than this.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  // Enough for a copy that is taken while it runs; there are no standbys.
  wal_level: "replica",
  max_wal_senders: "0",
  // Bodies come compressed, so compressing them again would cost and gain nothing.
  wal_compression: "off",
  // Appends at full speed write a few MB/s: rare checkpoints keep whole-page images out of the log.
  max_wal_size: "4GB",
  min_wal_size: "160MB",
  checkpoint_timeout: "15min",
  wal_buffers: "16MB",
  shared_buffers: "128MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  max_connections: "60",
  // Each of these would be processes that idle in memory; reads come from the system's cache.
  io_method: "sync",
  max_parallel_workers_per_gather: "0",
  max_logical_replication_workers: "0",
  jit: "off",
  autovacuum: "on",
  huge_pages: "off",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  datestyle: "iso, ymd",
  lc_messages: "C",
  // Errors of statements are their caller's to log, with more knowledge; a log of them here would grow without bound.
  log_min_messages: "log",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
};

export function renderSettings(home: string, overrides: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...SETTINGS, ...overrides }).map(([name, value]) => `${name} = '${value}'`);
  return [
    `# PostgreSQL of the Sluice home ${JSON.stringify(home)}.`,
    "# Written at every start. To change a setting for this installation: alter system set … in psql.",
    ...lines,
    "",
  ].join("\n");
}

/** Passwords for everyone, on the loopback interface alone: other users of this machine stay out. */
export const HOST_BASED_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n";
