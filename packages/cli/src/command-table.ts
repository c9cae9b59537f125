import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  /** Said here so that the list of commands loads none of them. */
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "run the platform",
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "demo",
    summary: "run the platform with a live irrigation site, ready to look at",
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "migrate",
    summary: "bring the database's schema up to date",
    load: () => import("./commands/migrate.ts"),
  },
  {
    name: "doctor",
    summary: "check this machine and the configuration, with the mend for each fault",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "backup",
    summary: "copy a home with its embedded database into a file, while it is in use",
    load: () => import("./commands/backup.ts"),
  },
  {
    name: "restore",
    summary: "make a new home of a backup",
    load: () => import("./commands/restore.ts"),
  },
  {
    name: "admin create-user",
    summary: "make a person who can sign in",
    load: () => import("./commands/admin-create-user.ts"),
  },
  {
    name: "admin create-client",
    summary: "make a key for a program",
    load: () => import("./commands/admin-create-client.ts"),
  },
  {
    name: "admin reset-password",
    summary: "give a person a new password",
    load: () => import("./commands/admin-reset-password.ts"),
  },
  {
    name: "admin reset-second-factor",
    summary: "let a person sign in with the password alone, who has lost app and recovery codes",
    load: () => import("./commands/admin-reset-second-factor.ts"),
  },
  {
    name: "admin trip-reset",
    summary: "reset a tripped actuator; nothing starts by that",
    load: () => import("./commands/admin-trip-reset.ts"),
  },
  {
    name: "admin adopt-store",
    summary: "have this database go on with the object store of its original, or of a copy of it",
    load: () => import("./commands/admin-adopt-store.ts"),
  },
  {
    name: "simulate",
    summary: "run a fleet of simulated devices against a server",
    load: () => import("./commands/simulate.ts"),
  },
  {
    name: "replay",
    summary: "send a recording (CSV) as if a device were saying it now",
    load: () => import("./commands/replay.ts"),
  },
  {
    name: "import devices",
    summary: "register the devices of a CSV file",
    load: () => import("./commands/import-devices.ts"),
  },
  {
    name: "import config",
    summary: "make the organization as a YAML file says",
    load: () => import("./commands/import-config.ts"),
  },
  {
    name: "export config",
    summary: "write the organization's configuration as YAML, without anything secret",
    load: () => import("./commands/export-config.ts"),
  },
  {
    name: "import readings",
    summary: "send the readings of an exported file again, or of any with a row a reading",
    load: () => import("./commands/import-readings.ts"),
  },
  {
    name: "export devices",
    summary: "write all devices to a CSV file, without anything secret",
    load: () => import("./commands/export-devices.ts"),
  },
  {
    name: "export readings",
    summary: "write readings of any range to a CSV or Parquet file",
    load: () => import("./commands/export-readings.ts"),
  },
  {
    name: "sql",
    summary: "ask the settled readings of this home, not the last ones, in SQL (DuckDB, read only)",
    load: () => import("./commands/sql.ts"),
  },
  {
    name: "herd",
    summary:
      "a thousand low readings at once, for three ordinary controllers and for Sluice: how often does the pump start?",
    load: () => import("./commands/herd.ts"),
  },
  {
    name: "bench",
    summary: "measure this machine: how fast readings are stored, with everything read back",
    load: () => import("./commands/bench.ts"),
  },
];
