import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { changePassword, resetPassword } from "../change-password.ts";
import type { Requester } from "../requester.ts";
import { FREE_ATTEMPTS, FREE_ATTEMPTS_OF_ACCOUNT } from "../sign-in-limits.ts";
import { EMAIL, PASSWORD, TestAccounts } from "../testing/test-accounts.ts";
import { CHALLENGE_LIFETIME_MS } from "./challenge.ts";
import { hashRecoveryCode, newRecoveryCodes } from "./codes.ts";
import {
  confirmSecondFactor,
  disableSecondFactor,
  enrolSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
} from "./enrol.ts";
import { loginWithSecondFactor } from "./login-with-second-factor.ts";

let ada: TestAccounts;
let userId: string;
let by: Requester;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(async () => {
  await ada.reset();
  userId = (await ada.addUser()).id;
  by = { organizationId: ada.by.organizationId, actor: `user:${userId}`, address: "10.0.0.1" };
});
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });
const PERIOD_MS = 30_000;

/** The person's phone: its own clock is the test's. */
function phone(secret: string) {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return { code: (shiftMs = 0) => totp.generate({ timestamp: ada.time.nowMs + shiftMs }) };
}

async function setUp() {
  const { secret } = await enrolSecondFactor(ada.accounts, by, { userId, password: PASSWORD });
  const app = phone(secret);
  const recoveryCodes = await confirmSecondFactor(ada.accounts, by, { userId, code: app.code() });
  ada.time.nowMs += PERIOD_MS;
  return { app, recoveryCodes };
}

async function challenge(password = PASSWORD, address = "10.0.0.1"): Promise<string> {
  const error = await ada.signIn(password, EMAIL, address).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "unauthenticated", code: "auth.second_factor_required" });
  return (error as { details: { challenge: string } }).details.challenge;
}

const proveWith = async (code: string, address = "10.0.0.1") =>
  loginWithSecondFactor(ada.accounts, { challenge: await challenge(PASSWORD, address), code, address });

test("a secret is as authenticator apps want it, and lies sealed in the database", async () => {
  const { secret, uri } = await enrolSecondFactor(ada.accounts, by, { userId, password: PASSWORD });
  expect(uri).toBe(
    `otpauth://totp/Sluice:${encodeURIComponent(EMAIL)}?issuer=Sluice&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
  );
  expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
  const { rows } = await ada.database.pool.query("select secret from second_factor");
  expect(rows[0].secret.includes(Buffer.from(Secret.fromBase32(secret).bytes))).toBe(false);
});

test("until it is confirmed it asks nothing, and it needs the password to begin", async () => {
  await expect(enrolSecondFactor(ada.accounts, by, { userId, password: "wrong" })).rejects.toMatchObject({
    kind: "forbidden",
    code: "auth.bad_credentials",
  });
  await expect(confirmSecondFactor(ada.accounts, by, { userId, code: "123456" })).rejects.toEqual(
    failure("auth.second_factor_unknown"),
  );
  await enrolSecondFactor(ada.accounts, by, { userId, password: PASSWORD });
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("with it a password alone opens nothing, and a code of the app opens a session", async () => {
  const { app } = await setUp();
  await expect(enrolSecondFactor(ada.accounts, by, { userId, password: PASSWORD })).rejects.toEqual(
    failure("auth.second_factor_exists"),
  );
  const pair = await proveWith(app.code());
  expect(await ada.authenticate(pair.access_token)).toMatchObject({ kind: "user", userId });
});

test("a wrong password is told before anything about the second factor", async () => {
  await setUp();
  await expect(ada.signIn("wrong password")).rejects.toEqual(failure("auth.bad_credentials"));
});

test("a code is good once, and so are those before it", async () => {
  const { app } = await setUp();
  const code = app.code();
  await proveWith(code);
  await expect(proveWith(code)).rejects.toEqual(failure("auth.second_factor_wrong"));
  await expect(proveWith(app.code(-PERIOD_MS))).rejects.toEqual(failure("auth.second_factor_wrong"));
  ada.time.nowMs += PERIOD_MS;
  await proveWith(app.code());
});

test("the same code from two windows at once opens one session", async () => {
  const { app } = await setUp();
  const challenges = [await challenge(), await challenge()];
  const proofs = challenges.map((one) => ({ challenge: one, code: app.code(), address: "10.0.0.1" }));
  const outcomes = await Promise.allSettled(proofs.map((proof) => loginWithSecondFactor(ada.accounts, proof)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a phone's clock may be a step off, and no more", async () => {
  const { app } = await setUp();
  await proveWith(app.code(PERIOD_MS));
  ada.time.nowMs += 10 * PERIOD_MS;
  await proveWith(app.code(-PERIOD_MS));
  ada.time.nowMs += 10 * PERIOD_MS;
  await expect(proveWith(app.code(-2 * PERIOD_MS))).rejects.toEqual(failure("auth.second_factor_wrong"));
  await expect(proveWith(app.code(2 * PERIOD_MS))).rejects.toEqual(failure("auth.second_factor_wrong"));
});

test("a challenge is good for five minutes, and nothing else is one", async () => {
  const { app } = await setUp();
  const prove = (one: string) =>
    loginWithSecondFactor(ada.accounts, { challenge: one, code: app.code(), address: "10.0.0.1" });
  const old = await challenge();
  ada.time.nowMs += CHALLENGE_LIFETIME_MS;
  const forgery = Buffer.from(JSON.stringify({ purpose: "second-factor", userId, expiresAtMs: 1e15 }));
  const others = [
    old,
    forgery.toString("base64url"),
    ada.accounts.sealer.seal(Buffer.from(JSON.stringify({ userId, expiresAtMs: 1e15 }))).toString("base64url"),
    "x".repeat(900),
    "",
  ];
  for (const other of others) await expect(prove(other)).rejects.toEqual(failure("auth.challenge_invalid"));
  expect((await prove(await challenge())).token_type).toBe("Bearer");
});

test("who knows the password and guesses codes is slowed over all challenges, and the owner at a usual place is not", async () => {
  const { app } = await setUp();
  await proveWith(app.code());
  ada.time.nowMs += PERIOD_MS;
  for (let count = 0; count < FREE_ATTEMPTS; count++) {
    await expect(proveWith("000000", "10.9.9.9")).rejects.toEqual(failure("auth.second_factor_wrong"));
  }
  await expect(proveWith("000000", "10.9.9.9")).rejects.toEqual(failure("auth.too_many_attempts"));
  await proveWith(app.code());
});

test("ten recovery codes are good once each, however they are typed, and only their hashes are stored", async () => {
  const { recoveryCodes } = await setUp();
  expect(new Set(recoveryCodes).size).toBe(10);
  const [first = "", second = ""] = recoveryCodes;
  await proveWith(first);
  await expect(proveWith(first)).rejects.toEqual(failure("auth.second_factor_wrong"));
  await proveWith(second.toUpperCase().replaceAll("-", " "));
  const { rows } = await ada.database.pool.query("select code_hash from recovery_code");
  expect(rows).toHaveLength(8);
  expect(rows.map(({ code_hash }) => code_hash)).toContainEqual(hashRecoveryCode(recoveryCodes[2]!));
  const audit = await ada.database.pool.query("select action from audit_event where action = 'user.use-recovery-code'");
  expect(audit.rows).toHaveLength(2);
});

test("new recovery codes take the place of the old ones", async () => {
  const { app, recoveryCodes } = await setUp();
  await expect(renewRecoveryCodes(ada.accounts, by, { userId, code: "000000" })).rejects.toMatchObject({
    kind: "forbidden",
    code: "auth.second_factor_wrong",
  });
  const renewed = await renewRecoveryCodes(ada.accounts, by, { userId, code: app.code() });
  await expect(proveWith(recoveryCodes[0]!)).rejects.toEqual(failure("auth.second_factor_wrong"));
  await proveWith(renewed[0]!);
});

test("disabling it needs password and code", async () => {
  const { app } = await setUp();
  const disable = (password: string, code: string) => disableSecondFactor(ada.accounts, by, { userId, password, code });
  await expect(disable("wrong", app.code())).rejects.toEqual(failure("auth.bad_credentials"));
  await expect(disable(PASSWORD, "000000")).rejects.toEqual(failure("auth.second_factor_wrong"));
  await disable(PASSWORD, app.code());
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("whoever runs the server drops it for one who has lost everything, and the sessions end", async () => {
  const { app } = await setUp();
  const { access_token } = await proveWith(app.code());
  expect(await resetSecondFactor(ada.accounts, ada.by, EMAIL)).toBe(true);
  expect(await resetSecondFactor(ada.accounts, ada.by, EMAIL)).toBe(false);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("a sign-in that waits for its code ends when the password is changed", async () => {
  const { app } = await setUp();
  const waiting = await challenge();
  const change = { userId, currentPassword: PASSWORD, newPassword: "another long password" };
  await changePassword(ada.accounts, by, change);
  const proof = { challenge: waiting, code: app.code(), address: "10.0.0.1" };
  await expect(loginWithSecondFactor(ada.accounts, proof)).rejects.toEqual(failure("auth.challenge_invalid"));
});

test("recovery codes have eighty random bits and no letter that is mistaken for another", () => {
  const codes = newRecoveryCodes(randomBytes);
  for (const code of codes) expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
  expect(hashRecoveryCode("abcd")).toBeUndefined();
});

test("what is tried at the sign-in does not slow the owner's codes", async () => {
  const { app } = await setUp();
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT + 1; count++) {
    for (const name of [`second-factor:${userId}`, userId]) {
      await ada.signIn("guessed", name, `10.4.0.${count}`).catch(() => {});
    }
  }
  expect((await proveWith(app.code(), "10.0.0.99")).token_type).toBe("Bearer");
});

test("whoever knew the password before a reset sets up no second factor after it", async () => {
  const { verify } = ada.accounts.passwords;
  ada.accounts.passwords.verify = async (stored, password) => {
    const matches = await verify.call(ada.accounts.passwords, stored, password);
    await resetPassword(ada.anotherProcess(), ada.by, EMAIL, "what the owner chose");
    return matches;
  };
  await expect(enrolSecondFactor(ada.accounts, by, { userId, password: PASSWORD })).rejects.toEqual(
    failure("auth.bad_credentials"),
  );
  expect((await ada.database.pool.query("select 1 from second_factor")).rows).toEqual([]);
});
