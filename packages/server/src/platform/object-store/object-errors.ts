import { SluiceError } from "@sluice/core/errors.ts";

export function objectMissing(name: string, cause?: unknown): SluiceError {
  const message = `The file ${name} is not in the object store: restore it from a backup, or point SLUICE_OBJECT_STORE to where it is.`;
  return new SluiceError("internal", "object.missing", message, { cause, details: { name } });
}
