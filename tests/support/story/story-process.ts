import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FromChild, ToChild } from "./story-child.ts";
import type { StoryStep } from "./story-script.ts";

/** Where the steps of a story happen. */
export interface Stage {
  /** Goes on with what is in the database. */
  open(url: string): Promise<void>;
  take(step: StoryStep): Promise<void>;
  /** Whatever is not in the database is gone. */
  kill(): Promise<void>;
}

/** So many of them are started that each should not compile everything anew. */
const COMPILED = path.join(tmpdir(), "sluice-story-compiled");
const CHILD = path.join(import.meta.dirname, "story-child.ts");

/** A process in which a story happens. */
export class StoryProcess implements Stage {
  private readonly child: ChildProcess;

  /** Only loads the code: a spare one is ready at once when another was killed. */
  constructor() {
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
    this.child = fork(CHILD, { stdio: ["ignore", "ignore", "inherit", "ipc"], env });
  }

  open(url: string): Promise<void> {
    return this.ask({ open: url });
  }

  take(step: StoryStep): Promise<void> {
    return this.ask({ step });
  }

  async kill(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }

  private async ask(message: ToChild): Promise<void> {
    const answered = new AbortController();
    const { signal } = answered;
    const answer = Promise.race([
      once(this.child, "message", { signal }).then(([said]) => said as FromChild),
      once(this.child, "exit", { signal }).then(([code]) => ({ failed: `the process ended with ${code}` })),
    ]);
    this.child.send(message);
    const said = await answer;
    answered.abort();
    if ("failed" in said) throw new Error(said.failed);
  }
}
