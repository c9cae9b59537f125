import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ACCESS_TOKEN_LIFETIME_S } from "./access-token.ts";
import { prepareAccounts } from "./accounts.ts";
import { bootstrapAdministrator } from "./bootstrap-administrator.ts";
import { changePassword, resetPassword } from "./change-password.ts";
import { createClient } from "./create-client.ts";
import { createUser } from "./create-user.ts";
import { logout } from "./logout.ts";
import { refresh } from "./refresh.ts";
import { revokeClient } from "./revoke-client.ts";
import { REFRESH_TOKEN_LIFETIME_MS } from "./session.ts";
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

test("a refresh token that comes twice ends the whole session, and is in the audit", async () => {
  await ada.addUser();
  const first = await ada.signIn();
  const elsewhere = await ada.signIn();
  const second = await refresh(ada.accounts, first.refresh_token);
  await expect(refresh(ada.accounts, first.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(refresh(ada.accounts, second.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(ada.authenticate(second.access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await ada.authenticate(elsewhere.access_token)).kind).toBe("user");
  const { rows } = await ada.database.pool.query("select action from audit_event where action like 'session.%'");
  expect(rows).toEqual([{ action: "session.revoke-reused" }]);
});

test("of eight requests with one refresh token at most one succeeds, and the session ends", async () => {
  await ada.addUser();
  const pair = await ada.signIn();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => refresh(ada.accounts, pair.refresh_token)));
  const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
  expect(won).toHaveLength(1);
  await expect(refresh(ada.accounts, won[0]!.value.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
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
