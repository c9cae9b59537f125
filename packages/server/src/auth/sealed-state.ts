import { type Accounts, nowOf } from "./accounts.ts";

/** What a sealed value is for: one that was made for another purpose is not taken. */
export type StatePurpose = "authorization-form" | "single-sign-on" | "code-exchange" | "second-factor";

interface State {
  readonly purpose: StatePurpose;
  readonly untilMs: number;
  readonly value: unknown;
}

/** Gives something to a browser to keep, which it can neither read nor change. */
export function sealState(accounts: Accounts, purpose: StatePurpose, value: unknown, lifetimeMs: number): string {
  const state: State = { purpose, untilMs: nowOf(accounts).getTime() + lifetimeMs, value };
  return accounts.sealer.seal(Buffer.from(JSON.stringify(state))).toString("base64url");
}

/** Undefined when it is not ours, is for something else, or has expired. */
export function openState<Value>(accounts: Accounts, purpose: StatePurpose, text: string): Value | undefined {
  const state = unsealed(accounts, text);
  if (state?.purpose !== purpose || state.untilMs <= nowOf(accounts).getTime()) return undefined;
  return state.value as Value;
}

function unsealed({ sealer }: Accounts, text: string): State | undefined {
  try {
    return JSON.parse(sealer.unseal(Buffer.from(text, "base64url")).toString()) as State;
  } catch {
    return undefined;
  }
}
