import { existsSync, readFileSync } from "node:fs";
import type { GateStorage } from "@sluice/core/safety/gate-ports.ts";
import type { GateRecord } from "@sluice/core/safety/gate-record.ts";
import { replaceFile } from "./durable-file.ts";

/** The gate's memory as a JSON file. A file that cannot be read throws: a device that forgot its fence must not start. */
export function gateFile(filePath: string): GateStorage {
  return {
    load: () => (existsSync(filePath) ? (JSON.parse(readFileSync(filePath, "utf8")) as GateRecord) : undefined),
    save: (record) => replaceFile(filePath, JSON.stringify(record)),
  };
}
