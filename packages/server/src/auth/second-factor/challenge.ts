import { SluiceError } from "@sluice/core/errors.ts";
import { hashSecretToken } from "../../platform/secret-token.ts";
import type { Accounts } from "../accounts.ts";
import { openState, sealState } from "../sealed-state.ts";
import type { SignInUser } from "../user-store.ts";

/** How long a right password is believed while its owner looks for the phone. */
export const CHALLENGE_LIFETIME_MS = 5 * 60_000;
/** A sealed one is far shorter. */
const MAX_CHALLENGE_LENGTH = 1_000;

/**
 * What stands for a right password until the code comes. It is sealed and stored nowhere: whoever knows the password could make
 * as many rows as they like, or push the owner's own challenge out of a table that has a limit.
 */
interface Challenge {
  readonly userId: string;
  /** Of the stored hash: a changed password ends what the one before has begun. */
  readonly password: string;
}

/** What a right password is answered when it is not enough: `details.challenge` stands for it from now on. */
export function secondFactorRequired(accounts: Accounts, user: SignInUser): SluiceError {
  const challenge: Challenge = { userId: user.id, password: fingerprintOf(user) };
  const sealed = sealState(accounts, "second-factor", challenge, CHALLENGE_LIFETIME_MS);
  const message = "Send the challenge with a code of your app, or a recovery code, to /api/auth/login/second-factor.";
  const details = { challenge: sealed, expires_in: CHALLENGE_LIFETIME_MS / 1000 };
  return new SluiceError("unauthenticated", "auth.second_factor_required", message, { details });
}

/** Whose it is, to be compared with `isStillFor`. Throws `auth.challenge_invalid`. */
export function openChallenge(accounts: Accounts, text: string): Challenge {
  const isShort = text.length <= MAX_CHALLENGE_LENGTH;
  const challenge = isShort ? openState<Challenge>(accounts, "second-factor", text) : undefined;
  if (!challenge) throw challengeInvalid();
  return challenge;
}

export function isStillFor(challenge: Challenge, user: SignInUser): boolean {
  return challenge.password === fingerprintOf(user);
}

export function challengeInvalid(): SluiceError {
  const message = "The challenge is too old: sign in again.";
  return new SluiceError("unauthenticated", "auth.challenge_invalid", message);
}

function fingerprintOf({ passwordHash }: SignInUser): string {
  return hashSecretToken(passwordHash).subarray(0, 12).toString("base64url");
}
