// A process that lets the steps of a story happen, until it is killed.
import { flushCompileCache } from "node:module";
import type { StoryStep } from "./story-script.ts";
import { StoryWorld } from "./story-world.ts";

export type ToChild = { readonly open: string } | { readonly step: StoryStep };
export type FromChild = { readonly done: true } | { readonly failed: string };

let world: StoryWorld | undefined;

process.on("message", async (message: ToChild) => {
  try {
    if ("open" in message) world = await StoryWorld.open(message.open);
    else await world!.take(message.step);
    process.send!({ done: true } satisfies FromChild);
  } catch (error) {
    process.send!({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    } satisfies FromChild);
  }
});
// Whoever is killed writes nothing on its way out.
flushCompileCache();
process.on("disconnect", () => process.exit());
