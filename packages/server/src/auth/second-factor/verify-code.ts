import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { type Accounts, nowOf } from "../accounts.ts";
import { hashRecoveryCode, stepOfCode } from "./codes.ts";
import { lockSecondFactor, markStep, type SecondFactor, takeRecoveryCode } from "./second-factor-store.ts";

/** A code of the person's app, or one of the recovery codes; each is good once. */
export async function takeCode(
  accounts: Accounts,
  client: PoolClient,
  userId: string,
  code: string,
): Promise<"totp" | "recovery" | undefined> {
  const factor = await lockSecondFactor(client, userId);
  if (!factor || factor.confirmedAt === null) return undefined;
  if (await takeTotp(accounts, client, userId, factor, code)) return "totp";
  const hash = hashRecoveryCode(code);
  return hash !== undefined && (await takeRecoveryCode(client, userId, hash)) ? "recovery" : undefined;
}

export async function takeTotp(
  accounts: Accounts,
  client: PoolClient,
  userId: string,
  factor: SecondFactor,
  code: string,
): Promise<boolean> {
  const secret = accounts.sealer.unseal(factor.sealedSecret);
  const step = stepOfCode(secret, code.replaceAll(/\s/g, ""), nowOf(accounts).getTime(), factor.lastStep);
  if (step === undefined) return false;
  await markStep(client, userId, step);
  return true;
}

/** "unauthenticated" only where there is no session yet: a client would take its own for ended. */
export function wrongCode(kind: "unauthenticated" | "forbidden"): SluiceError {
  return new SluiceError(kind, "auth.second_factor_wrong", "The code is wrong, too old, or was used before.");
}
