import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A change to one file of our source; `find` is in it exactly once. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const ROOT = path.resolve(import.meta.dirname, "../../../../../..");

/** Throws when the text is not there, or more than once: a guard that has moved has to be found again. */
export function edited(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
  return parts.join(replace);
}

/** The text of a file as the edits leave it; throws where one does not fit. */
export function readEdited(file: string, edits: readonly Edit[]): string {
  const own = edits.filter((edit) => edit.file === file);
  return own.reduce(edited, readFileSync(path.join(ROOT, file), "utf8"));
}

/**
 * Modules that this thread loads from now on are loaded as the edits leave them. The answer throws when one of them has not been
 * loaded: an edit that meets nothing would prove nothing.
 */
export function editSource(edits: readonly Edit[]): () => void {
  const missing = new Set(edits.map(({ file }) => file));
  if (edits.length > 0) hook(edits, (file) => missing.delete(file));
  return () => {
    if (missing.size > 0) throw new Error(`nobody has loaded ${[...missing].join(", ")}`);
  };
}

function hook(edits: readonly Edit[], onLoaded: (file: string) => void): void {
  const files = new Map(edits.map(({ file }) => [path.join(ROOT, file), file]));
  registerHooks({
    load: (url, context, nextLoad) => {
      const file = url.startsWith("file:") ? files.get(fileURLToPath(url)) : undefined;
      const loaded = nextLoad(url, context);
      if (file === undefined) return loaded;
      onLoaded(file);
      return { ...loaded, source: readEdited(file, edits) };
    },
  });
}
