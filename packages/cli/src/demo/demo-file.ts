import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { replaceFile } from "@sluice/simulator/durable-file.ts";
import type { SignIn } from "@sluice/simulator/fleet-tokens.ts";

/** What the demo has to remember, so that starting again shows the same sign-in and the same zones. */
export interface DemoFile {
  readonly signIn: SignIn;
  /** Uid of a device → id of the asset it stands in. */
  readonly assets: Readonly<Record<string, number>>;
}

function demoFilePath(home: string): string {
  return path.join(home, "demo.json");
}

export function readDemoFile(home: string): DemoFile | undefined {
  const file = demoFilePath(home);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DemoFile) : undefined;
}

/** Readable by its owner alone. */
export function writeDemoFile(home: string, content: DemoFile): void {
  replaceFile(demoFilePath(home), `${JSON.stringify(content, undefined, 2)}\n`);
}
