import { SluiceError } from "@sluice/core/errors.ts";
import type { ActuationTransaction, Command, Parameters } from "./actuation-store.ts";

/** The command that an idempotency key has led to. Throws `idempotency.mismatch` when it was asked something else. */
export async function commandOfKey(
  tx: Pick<ActuationTransaction, "findByIdempotencyKey" | "commandOfExecution">,
  organizationId: number,
  key: string,
  request: Parameters,
): Promise<Command> {
  const earlier = await tx.findByIdempotencyKey(organizationId, key, request);
  const command = earlier?.isSame ? await tx.commandOfExecution(earlier.id) : undefined;
  if (command !== undefined) return command;
  throw mismatch(key);
}

export function mismatch(key: string): SluiceError {
  return new SluiceError("invalid", "idempotency.mismatch", "This idempotency key was used for another request.", {
    details: { key },
  });
}
