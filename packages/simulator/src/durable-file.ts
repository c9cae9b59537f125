import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import { syncFolder } from "./device-log.ts";

/** Only the owner may read what is written here: tokens are secrets. */
const PRIVATE_MODE = 0o600;

/** Replaces a file as one step that survives a power cut: whoever reads it sees the old content or the new, whole. */
export function replaceFile(filePath: string, content: string): void {
  const folder = path.dirname(filePath);
  mkdirSync(folder, { recursive: true });
  const temporary = `${filePath}.new`;
  const descriptor = openSync(temporary, "w", PRIVATE_MODE);
  try {
    const bytes = Buffer.from(content);
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, filePath);
  syncFolder(folder);
}
