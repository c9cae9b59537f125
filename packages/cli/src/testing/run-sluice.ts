import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const MAIN = path.resolve(import.meta.dirname, "../main.ts");

export interface SluiceRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own. */
export interface SluiceProcess {
  readonly pid: number;
  /** Resolves with the first match in what it has printed; rejects when it ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<SluiceRun>;
}

/** A folder with a home of its own; nothing of the caller's SLUICE_… reaches what runs in it. */
export class SluiceHome {
  readonly folder = mkdtempSync(path.join(tmpdir(), "sluice-cli-"));
  private readonly env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = env;
  }

  start(words: readonly string[]): SluiceProcess {
    const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith("SLUICE_"));
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd: this.folder,
      env: { ...Object.fromEntries(foreign), SLUICE_HOME: path.join(this.folder, "home"), ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return watch(child);
  }

  run(words: readonly string[]): Promise<SluiceRun> {
    return this.start(words).ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs it once in a home that is gone afterwards. */
export async function runSluice(words: readonly string[], env: Record<string, string> = {}): Promise<SluiceRun> {
  const home = new SluiceHome(env);
  try {
    return await home.run(words);
  } finally {
    home.remove();
  }
}

function watch(child: ChildProcess): SluiceProcess {
  const output = { stdout: "", stderr: "" };
  const onOutput = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of onOutput) look();
    });
  }
  const ended = new Promise<SluiceRun>((resolve) => {
    child.on("close", (exitCode) => resolve({ exitCode, ...output }));
  });
  return {
    pid: child.pid!,
    ended,
    signal: (signal) => child.kill(signal),
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout);
          if (match !== null) resolve(match);
        };
        onOutput.add(look);
        look();
        void ended.then(({ stderr }) => reject(new Error(`it ended without printing ${pattern}: ${stderr}`)));
      }),
  };
}
