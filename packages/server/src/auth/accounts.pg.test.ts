import { hash } from "@node-rs/argon2";
import { SluiceError } from "@sluice/core/errors.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ACCESS_TOKEN_LIFETIME_S } from "./access-token.ts";
import { prepareAccounts } from "./accounts.ts";
import { bootstrapAdministrator } from "./bootstrap-administrator.ts";
import { changePassword, resetPassword } from "./change-password.ts";
import { createClient } from "./create-client.ts";
import { createUser } from "./create-user.ts";
import { logout } from "./logout.ts";
import { REPLY_GRACE_MS, refresh } from "./refresh.ts";
import { revokeClient } from "./revoke-client.ts";
import { MAX_TOKENS, REFRESH_TOKEN_LIFETIME_MS } from "./session.ts";
import { FREE_ATTEMPTS_OF_ACCOUNT } from "./sign-in-limits.ts";
import { KEEP_SESSIONS_MS, sweepAccounts } from "./sweep-accounts.ts";
import { EMAIL, PASSWORD, TestAccounts } from "./testing/test-accounts.ts";

let ada: TestAccounts;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(() => ada.reset());
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });

test("the first start makes one administrator, with a password that is told once", async () => {
  const settings = { organizationId: ada.by.organizationId, email: undefined, password: undefined };
  const outcomes = await Promise.all([
    bootstrapAdministrator(ada.accounts, settings),
    bootstrapAdministrator(ada.anotherProcess(), settings),
  ]);
  const [made, ...others] = outcomes.filter((outcome) => outcome !== undefined);
  expect(others).toEqual([]);
  expect(made?.email).toBe("admin@localhost");
  const { access_token } = await ada.signIn(made!.generatedPassword, made!.email);
  expect(await ada.authenticate(access_token)).toMatchObject({ kind: "user", roles: new Set(["admin"]) });
  expect(await bootstrapAdministrator(ada.accounts, settings)).toBeUndefined();
});

test("a configured administrator has the configured password, and none is told", async () => {
  const settings = { organizationId: ada.by.organizationId, email: "root@example.org", password: "pw" };
  expect(await bootstrapAdministrator(ada.accounts, settings)).toEqual({
    email: "root@example.org",
    generatedPassword: undefined,
  });
  expect(await ada.signIn("pw", "Root@Example.org")).toMatchObject({
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_LIFETIME_S,
  });
});

test("signing in gives a token that says who bears it", async () => {
  const { id } = await ada.addUser();
  const pair = await ada.signIn();
  expect(await ada.authenticate(pair.access_token)).toEqual({
    kind: "user",
    sessionId: expect.any(String),
    userId: id,
    organizationId: ada.by.organizationId,
    roles: new Set(["operator"]),
  });
});

test("a wrong password and an unknown name get the same answer", async () => {
  await ada.addUser();
  const wrong = await ada.signIn("wrong").catch((error: unknown) => error);
  const unknown = await ada.signIn(PASSWORD, "nobody@example.org").catch((error: unknown) => error);
  expect(wrong).toMatchObject({ kind: "unauthenticated", code: "auth.bad_credentials" });
  expect(unknown).toEqual(wrong);
});

test("an unknown name costs a password check like a known one", async () => {
  await ada.addUser();
  await prepareAccounts(ada.accounts);
  const checked: (string | undefined)[] = [];
  const { verify } = ada.accounts.passwords;
  ada.accounts.passwords.verify = (hash, password) => {
    checked.push(hash);
    return verify.call(ada.accounts.passwords, hash, password);
  };
  await expect(ada.signIn(PASSWORD, "nobody@example.org")).rejects.toEqual(failure("auth.bad_credentials"));
  await ada.signIn();
  expect(checked).toEqual([undefined, expect.stringContaining("$argon2id$")]);
});

test("an account that is switched off cannot sign in, and its sessions end within a second", async () => {
  const { id } = await ada.addUser();
  const pair = await ada.signIn();
  await ada.authenticate(pair.access_token);
  await ada.database.pool.query("update app_user set is_active = false where id = $1", [id]);
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(pair.access_token)).rejects.toEqual(failure("auth.session_ended"));
  await expect(refresh(ada.accounts, pair.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
});

test("guessing is slowed for the one who guesses, and the owner still signs in from elsewhere", async () => {
  await ada.addUser();
  for (let count = 0; count < 5; count++)
    await expect(ada.signIn("wrong")).rejects.toEqual(failure("auth.bad_credentials"));
  await expect(ada.signIn()).rejects.toMatchObject({
    kind: "limit",
    code: "auth.too_many_attempts",
    retryAfterMs: 30_000,
  });
  await ada.signIn(PASSWORD, EMAIL, "10.0.0.2");
  ada.time.nowMs += 30_000;
  await ada.signIn();
});

test("an attacker with many machines does not lock the owner out of a usual place, also after a restart", async () => {
  await ada.addUser();
  await ada.signIn();
  ada.accounts = ada.anotherProcess();
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT; count++) {
    const guess = ada.signIn("wrong password", EMAIL, `10.7.0.${count}`);
    await expect(guess).rejects.toEqual(failure("auth.bad_credentials"));
  }
  await expect(ada.signIn("wrong password", EMAIL, "10.7.1.1")).rejects.toEqual(failure("auth.too_many_attempts"));
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("a place from which nobody signed in for ninety days is a new one", async () => {
  await ada.addUser();
  await ada.signIn();
  ada.time.nowMs += 91 * 24 * 3_600_000;
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT; count++) {
    await ada.signIn("wrong password", EMAIL, `10.7.0.${count}`).catch(() => {});
  }
  await expect(ada.signIn()).rejects.toEqual(failure("auth.too_many_attempts"));
});

test("a password that was hashed with weaker parameters is hashed anew when its owner signs in", async () => {
  const { id } = await ada.addUser();
  const weak = await hash(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
  await ada.database.pool.query("update app_user set password_hash = $2 where id = $1", [id, weak]);
  await ada.signIn();
  const { rows } = await ada.database.pool.query("select password_hash from app_user where id = $1", [id]);
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("a sign-in that began before the password was changed ends with it", async () => {
  const { id } = await ada.addUser();
  const { verify } = ada.accounts.passwords;
  ada.accounts.passwords.verify = async (stored, password) => {
    const matches = await verify.call(ada.accounts.passwords, stored, password);
    await ada.database.pool.query("update app_user set password_hash = 'changed' where id = $1", [id]);
    return matches;
  };
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
});

test("an access token expires after a quarter of an hour, a session after thirty days of silence", async () => {
  await ada.addUser();
  const pair = await ada.signIn();
  ada.time.nowMs += ACCESS_TOKEN_LIFETIME_S * 1000;
  await expect(ada.authenticate(pair.access_token)).rejects.toEqual(failure("auth.token_expired"));
  const next = await refresh(ada.accounts, pair.refresh_token);
  expect((await ada.authenticate(next.access_token)).kind).toBe("user");
  ada.time.nowMs += REFRESH_TOKEN_LIFETIME_MS;
  await expect(refresh(ada.accounts, next.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
});

test("a refresh token that comes again after the grace ends the whole session, and is in the audit", async () => {
  await ada.addUser();
  const first = await ada.signIn();
  const elsewhere = await ada.signIn();
  const second = await refresh(ada.accounts, first.refresh_token);
  ada.time.nowMs += REPLY_GRACE_MS;
  await expect(refresh(ada.accounts, first.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(refresh(ada.accounts, second.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(ada.authenticate(second.access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await ada.authenticate(elsewhere.access_token)).kind).toBe("user");
  const { rows } = await ada.database.pool.query("select action from audit_event where action like 'session.revoke%'");
  expect(rows).toEqual([{ action: "session.revoke-reused" }]);
});

test("whoever lost the reply gets the same refresh token again, and the session goes on", async () => {
  await ada.addUser();
  const first = await ada.signIn();
  const lost = await refresh(ada.accounts, first.refresh_token);
  ada.time.nowMs += REPLY_GRACE_MS - 1;
  const again = await refresh(ada.accounts, first.refresh_token);
  expect(again.refresh_token).toBe(lost.refresh_token);
  expect((await ada.authenticate(again.access_token)).kind).toBe("user");
  expect((await refresh(ada.accounts, again.refresh_token)).refresh_token).not.toBe(again.refresh_token);
});

test("a token whose successor has been used is a theft, also within the grace", async () => {
  await ada.addUser();
  const first = await ada.signIn();
  const second = await refresh(ada.accounts, first.refresh_token);
  const third = await refresh(ada.accounts, second.refresh_token);
  await expect(refresh(ada.accounts, first.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(refresh(ada.accounts, third.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
});

test("eight tabs that refresh at once are all answered, with one successor", async () => {
  await ada.addUser();
  const pair = await ada.signIn();
  const processes = [ada.accounts, ada.anotherProcess()];
  const pairs = await Promise.all(
    Array.from({ length: 8 }, (_, index) => refresh(processes[index % 2]!, pair.refresh_token)),
  );
  expect(new Set(pairs.map(({ refresh_token }) => refresh_token)).size).toBe(1);
  for (const { access_token } of pairs) expect((await ada.authenticate(access_token)).kind).toBe("user");
  expect((await refresh(ada.accounts, pairs[0]!.refresh_token)).token_type).toBe("Bearer");
});

test("a session that ends while it is refreshed has ended", async () => {
  await ada.addUser();
  for (let round = 0; round < 5; round++) {
    const { refresh_token } = await ada.signIn();
    const [refreshed] = await Promise.allSettled([
      refresh(ada.accounts, refresh_token),
      logout(ada.accounts, refresh_token),
    ]);
    const left = refreshed.status === "fulfilled" ? refreshed.value.refresh_token : refresh_token;
    await expect(refresh(ada.accounts, left)).rejects.toEqual(failure("auth.refresh_invalid"));
  }
});

test("signing out ends the session; a token that is not known ends nothing", async () => {
  await ada.addUser();
  const pair = await ada.signIn();
  await logout(ada.accounts, "slr_unknown");
  expect((await ada.authenticate(pair.access_token)).kind).toBe("user");
  await logout(ada.accounts, pair.refresh_token);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(pair.access_token)).rejects.toEqual(failure("auth.session_ended"));
  await expect(refresh(ada.accounts, pair.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
});

test("changing or resetting a password ends every session", async () => {
  const { id } = await ada.addUser();
  const before = await ada.signIn();
  const change = { userId: id, currentPassword: PASSWORD, newPassword: "another password" };
  await expect(changePassword(ada.accounts, ada.by, { ...change, currentPassword: "wrong" })).rejects.toEqual(
    failure("auth.bad_credentials"),
  );
  await expect(changePassword(ada.accounts, ada.by, { ...change, newPassword: "short" })).rejects.toEqual(
    failure("auth.password_length"),
  );
  const after = await changePassword(ada.accounts, ada.by, change);
  await expect(ada.authenticate(before.access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await ada.authenticate(after.access_token)).kind).toBe("user");
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
  const { generatedPassword } = await resetPassword(ada.accounts, ada.by, EMAIL);
  await ada.signIn(generatedPassword);
  await expect(refresh(ada.accounts, after.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(resetPassword(ada.accounts, ada.by, "nobody@example.org")).rejects.toEqual(failure("user.unknown"));
});

test("one e-mail address is one account, in any letter case", async () => {
  await ada.addUser();
  const again = createUser(ada.accounts, ada.by, { email: "ADA@example.org", roles: ["admin"] });
  await expect(again).rejects.toEqual(failure("user.email_taken"));
  await expect(createUser(ada.accounts, ada.by, { email: "nonsense", roles: ["admin"] })).rejects.toEqual(
    failure("user.email_invalid"),
  );
});

test("what happens to accounts is in the audit, and no secret is", async () => {
  await ada.addUser();
  await resetPassword(ada.accounts, ada.by, EMAIL, "another password");
  const { client, token } = await createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["ingest"] });
  await revokeClient(ada.accounts, ada.by, client.id);
  const { rows } = await ada.database.pool.query(
    "select action, row_to_json(audit_event)::text as text from audit_event order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "user.create",
    "user.reset-password",
    "client.create",
    "client.revoke",
  ]);
  for (const { text } of rows) expect(text).not.toMatch(new RegExp(`another password|${PASSWORD}|${token}|argon2`));
});

test("a password change that began before a reset does not undo it", async () => {
  const { id } = await ada.addUser();
  const { hash: hashIt } = ada.accounts.passwords;
  const reset = () => resetPassword(ada.anotherProcess(), ada.by, EMAIL, "what the owner chose");
  ada.accounts.passwords.hash = async (password) => {
    const made = await hashIt.call(ada.accounts.passwords, password);
    await reset();
    return made;
  };
  const change = { userId: id, currentPassword: PASSWORD, newPassword: "what a thief chose" };
  await expect(changePassword(ada.accounts, ada.by, change)).rejects.toMatchObject({
    kind: "forbidden",
    code: "auth.bad_credentials",
  });
  await expect(ada.signIn("what a thief chose")).rejects.toEqual(failure("auth.bad_credentials"));
  expect((await ada.signIn("what the owner chose", EMAIL, "10.0.0.2")).token_type).toBe("Bearer");
});

test("being slowed under one name does not tell which other names are the same person's", async () => {
  await createUser(ada.accounts, ada.by, { email: EMAIL, username: "ada", password: PASSWORD, roles: ["operator"] });
  for (let count = 0; count < 5; count++) await ada.signIn("wrong", "ada").catch(() => {});
  await expect(ada.signIn("wrong", "Ada")).rejects.toEqual(failure("auth.too_many_attempts"));
  for (const name of [EMAIL, "ada@elsewhere.example"]) {
    await expect(ada.signIn("wrong", name)).rejects.toEqual(failure("auth.bad_credentials"));
  }
});

test("attempts that were turned away because too many signed in at once do not count", async () => {
  await ada.addUser();
  const { verify } = ada.accounts.passwords;
  ada.accounts.passwords.verify = () => Promise.reject(new SluiceError("unavailable", "auth.busy", "busy"));
  for (let count = 0; count < 10; count++) await expect(ada.signIn()).rejects.toEqual(failure("auth.busy"));
  ada.accounts.passwords.verify = verify.bind(ada.accounts.passwords);
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("a session that is refreshed again and again keeps a bounded number of tokens, and goes on", async () => {
  await ada.addUser();
  const pair = await ada.signIn();
  const { pool } = ada.database;
  await pool.query(
    `insert into refresh_token (token_hash, user_id, organization_id, family, created_at, expires_at, used_at)
     select sha256(n::text::bytea), user_id, organization_id, family, created_at - interval '1 day', expires_at, created_at
       from refresh_token, generate_series(1, $1::int) n`,
    [MAX_TOKENS + 50],
  );
  await pool.query("update session set tokens = $1", [MAX_TOKENS + 99]);
  const next = await refresh(ada.accounts, pair.refresh_token);
  const { rows } = await pool.query("select count(*)::int as count from refresh_token");
  expect(rows[0].count).toBeLessThanOrEqual(MAX_TOKENS + 1);
  expect((await refresh(ada.accounts, next.refresh_token)).token_type).toBe("Bearer");
});

test("what has ended is swept away, and what lives stays", async () => {
  const { id } = await ada.addUser();
  const kept = await ada.signIn();
  await logout(ada.accounts, (await ada.signIn()).refresh_token);
  const { pool } = ada.database;
  await pool.query(
    `insert into invitation (organization_id, email, roles, token_hash, invited_by, created_at, expires_at)
     select $1, 'n' || days || '@example.org', array['admin'], sha256(days::text::bytea), 'system', $2::timestamptz, $2::timestamptz - make_interval(days => days)
       from unnest(array[1, 91]) days`,
    [ada.by.organizationId, new Date(ada.time.nowMs)],
  );
  await sweepAccounts(pool, new Date(ada.time.nowMs + KEEP_SESSIONS_MS - 1));
  expect((await pool.query("select 1 from session")).rows).toHaveLength(2);
  await sweepAccounts(pool, new Date(ada.time.nowMs + KEEP_SESSIONS_MS + 1));
  expect((await pool.query("select user_id from session")).rows).toEqual([{ user_id: id }]);
  expect((await pool.query("select email from invitation")).rows).toEqual([{ email: "n1@example.org" }]);
  expect((await refresh(ada.accounts, kept.refresh_token)).token_type).toBe("Bearer");
  await sweepAccounts(pool, new Date(ada.time.nowMs + REFRESH_TOKEN_LIFETIME_MS + 2 * KEEP_SESSIONS_MS));
  expect((await pool.query("select 1 from refresh_token union all select 1 from session")).rows).toEqual([]);
});
