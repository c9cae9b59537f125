import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Accounts } from "./accounts.ts";
import { resetPassword } from "./change-password.ts";
import { createUser } from "./create-user.ts";
import { forgotPassword, resetForgottenPassword } from "./forgot-password.ts";
import { joinWithAccount } from "./invitations/accept-invitation.ts";
import { invite } from "./invitations/invite.ts";
import { login } from "./login.ts";
import { requestEmailChange } from "./profile/change-email.ts";
import { confirmEmail } from "./registration/confirm.ts";
import { MAX_REGISTRATIONS, register } from "./registration/register.ts";
import { FREE_MAILS } from "./request-limits.ts";
import { confirmSecondFactor, enrolSecondFactor } from "./second-factor/enrol.ts";
import { signOn } from "./sign-on/single-sign-on.ts";
import { EMAIL, PASSWORD, TestAccounts } from "./testing/test-accounts.ts";
import { TestMailbox } from "./testing/test-mailbox.ts";
import { updateMember } from "./users/manage-members.ts";

const NEW_PASSWORD = "another long password";
const BEN = { username: "ben", email: "ben@example.org", password: PASSWORD, address: "10.0.0.9" };

let ada: TestAccounts;
let mailbox: TestMailbox;
let accounts: Accounts;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(async () => {
  await ada.reset();
  mailbox = await TestMailbox.open();
  accounts = ada.anotherProcess("a secret", { sendsMail: true, registration: "open" });
  return () => mailbox.close();
});
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });
const signIn = (username: string, password = PASSWORD) => login(accounts, { username, password, address: "10.0.0.1" });
const forget = (username: string) => forgotPassword(accounts, { username, address: "10.0.0.1" });
const deliver = () => mailbox.deliver(accounts);

test("registering somebody's address again and again does not stop the mail for their forgotten password", async () => {
  await ada.addUser();
  for (let count = 0; count < FREE_MAILS + 1; count++) {
    await register(accounts, { ...BEN, email: EMAIL, address: "10.6.6.6" });
  }
  await forget(EMAIL);
  await deliver();
  expect(mailbox.mails.map(({ subject }) => subject)).toEqual([
    ...Array(FREE_MAILS).fill("You have an account already"),
    "Choose a new password",
  ]);
});

test("a link that was mailed to the address before opens nothing after it was changed", async () => {
  const { id } = await ada.addUser();
  await forget(EMAIL);
  await deliver();
  const old = mailbox.secretFor(EMAIL);
  await requestEmailChange(accounts, ada.by, { userId: id, email: "new@example.org", password: PASSWORD });
  await deliver();
  await confirmEmail(accounts, { token: mailbox.secretFor("new@example.org"), address: "10.0.0.1" });
  const reset = { token: old, newPassword: NEW_PASSWORD, address: "10.0.0.1" };
  await expect(resetForgottenPassword(accounts, reset)).rejects.toEqual(failure("auth.link_invalid"));
});

test("a change of address that was asked for with a password that is reset meanwhile does not happen", async () => {
  const { id } = await ada.addUser();
  const { verify } = accounts.passwords;
  accounts.passwords.verify = async (stored, password) => {
    const matches = await verify.call(accounts.passwords, stored, password);
    await resetPassword(ada.anotherProcess(), ada.by, EMAIL, NEW_PASSWORD);
    return matches;
  };
  const request = { userId: id, email: "thief@example.org", password: PASSWORD };
  await expect(requestEmailChange(accounts, ada.by, request)).rejects.toEqual(failure("auth.bad_credentials"));
  expect((await ada.database.pool.query("select 1 from account_token")).rows).toEqual([]);
});

test("the first mail that its owner follows ends whatever else opens an account that others set up; later ones do not", async () => {
  const { id } = await ada.addUser();
  const settings = {
    ...{ issuer: "https://sso.example.org", organizationId: ada.by.organizationId },
    ...{ rolesClaim: undefined, defaultRole: "operator" as const },
  };
  const link = () =>
    ada.database.pool.query(
      `insert into external_identity (issuer, subject, user_id, is_managed, last_used_at) values ($1, 'other', $2, false, now())`,
      [settings.issuer, id],
    );
  const enrol = async (password: string) =>
    enrolSecondFactor(accounts, ada.by, { userId: id, password }).then(() =>
      ada.database.pool.query("update second_factor set confirmed_at = now()"),
    );
  const resetByMail = async (newPassword: string) => {
    await forget(EMAIL);
    await deliver();
    await resetForgottenPassword(accounts, { token: mailbox.secretFor(EMAIL), newPassword, address: "10.0.0.1" });
  };
  await link();
  await enrol(PASSWORD);
  await resetByMail(NEW_PASSWORD);
  expect((await signIn(EMAIL, NEW_PASSWORD)).token_type).toBe("Bearer");
  await expect(signOn(accounts, settings, { sub: "other", email: EMAIL })).rejects.toEqual(
    failure("auth.sign_on_refused"),
  );
  await link();
  await enrol(NEW_PASSWORD);
  await resetByMail("a third long password");
  await expect(signIn(EMAIL, "a third long password")).rejects.toEqual(failure("auth.second_factor_required"));
  expect(await signOn(accounts, settings, { sub: "other" })).toMatchObject({ userId: id });
});

test("whoever is switched off in one organization joins another by its invitation, with the second factor", async () => {
  const { id } = await ada.addUser();
  await createUser(accounts, ada.by, { email: "boss@example.org", roles: ["admin"] });
  const { secret } = await enrolSecondFactor(accounts, ada.by, { userId: id, password: PASSWORD });
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  await confirmSecondFactor(accounts, ada.by, { userId: id, code: totp.generate({ timestamp: ada.time.nowMs }) });
  await updateMember(accounts, ada.by, id, { isActive: false });
  const { rows } = await ada.database.pool.query(
    "insert into organization (slug, name) values ('b', 'B') returning id",
  );
  const organizationId = rows[0].id as number;
  await forget(EMAIL);
  await deliver();
  await invite(accounts, { ...ada.by, organizationId }, { email: EMAIL, roles: ["scientist"] });
  await deliver();
  const invitation = mailbox.secretFor(EMAIL);
  expect(mailbox.mails.map(({ subject }) => subject)).toEqual(["Choose a new password", "Invitation to B"]);
  ada.time.nowMs += 30_000;
  const code = totp.generate({ timestamp: ada.time.nowMs });
  const request = { invitation, username: EMAIL, password: PASSWORD, address: "10.0.0.1" };
  await expect(joinWithAccount(accounts, { ...request, code, password: "wrong" })).rejects.toEqual(
    failure("auth.bad_credentials"),
  );
  await expect(joinWithAccount(accounts, request)).rejects.toEqual(failure("auth.second_factor_required"));
  await expect(joinWithAccount(accounts, { ...request, code: "000000" })).rejects.toEqual(
    failure("auth.second_factor_wrong"),
  );
  const other = { ...request, username: "boss@example.org", code };
  await expect(joinWithAccount(accounts, other)).rejects.toEqual(failure("auth.bad_credentials"));
  expect(await joinWithAccount(accounts, { ...request, code })).toEqual({ organizationId });
  await expect(joinWithAccount(accounts, { ...request, code })).rejects.toEqual(failure("auth.link_invalid"));
  expect((await ada.database.pool.query("select 1 from session")).rows).toEqual([]);
  await expect(signIn(EMAIL)).rejects.toEqual(failure("auth.second_factor_required"));
});

test("filling the registration closes it for nobody: the oldest wish goes", async () => {
  await ada.database.pool.query(
    `insert into registration (user_id, organization_id, token_hash, username, email, password_hash, created_at, expires_at)
     select gen_random_uuid(), $1, sha256(n::text::bytea), 'u' || n, 'u' || n || '@example.org', '', $2::timestamptz, $2::timestamptz + n * interval '1 second'
       from generate_series(1, $3::int) n`,
    [ada.by.organizationId, new Date(ada.time.nowMs), MAX_REGISTRATIONS],
  );
  await register(accounts, BEN);
  await deliver();
  await confirmEmail(accounts, { token: mailbox.secretFor(BEN.email), address: BEN.address });
  const { rows } = await ada.database.pool.query(
    "select count(*)::int as count, bool_or(username = 'u1') as first, bool_or(username = 'u2') as second from registration",
  );
  expect(rows).toEqual([{ count: MAX_REGISTRATIONS - 1, first: false, second: true }]);
});
