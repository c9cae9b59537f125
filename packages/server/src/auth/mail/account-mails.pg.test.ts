import type { PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Accounts } from "../accounts.ts";
import { createUser } from "../create-user.ts";
import { forgotPassword, resetForgottenPassword } from "../forgot-password.ts";
import { acceptInvitation } from "../invitations/accept-invitation.ts";
import { INVITATION_LIFETIME_MS, invite, revokeInvitation } from "../invitations/invite.ts";
import { login } from "../login.ts";
import { findMember } from "../membership-store.ts";
import { requestEmailChange } from "../profile/change-email.ts";
import { changeProfile, type Person, readProfile } from "../profile/profile.ts";
import { refresh } from "../refresh.ts";
import { confirmEmail, confirmRegistration, discardRegistration } from "../registration/confirm.ts";
import { register } from "../registration/register.ts";
import { listRegistrations } from "../registration/registration-store.ts";
import { FREE_MAILS, FREE_REQUESTS } from "../request-limits.ts";
import { FREE_ATTEMPTS_OF_ACCOUNT } from "../sign-in-limits.ts";
import { EMAIL, PASSWORD, TestAccounts } from "../testing/test-accounts.ts";
import { TestMailbox } from "../testing/test-mailbox.ts";
import { MAIL_LEASE_MS } from "./mail-worker.ts";

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
  accounts = ada.anotherProcess("a secret", {
    sendsMail: true,
    registration: "open",
    publicUrl: "https://sluice.example.org",
  });
  return () => mailbox.close();
});
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });
const signIn = (username: string, password = PASSWORD, address = "10.0.0.1") =>
  login(accounts, { username, password, address });
const forget = (username: string, address = "10.0.0.1") => forgotPassword(accounts, { username, address });

const deliver = () => mailbox.deliver(accounts);

async function personOf(userName: string): Promise<Person> {
  const principal = await accounts.authenticator.authenticate((await signIn(userName)).access_token);
  if (principal.kind !== "user") throw new Error("a person was expected");
  return principal;
}

const actions = async () =>
  (await ada.database.pool.query<{ action: string }>("select action from audit_event order by id")).rows.map(
    ({ action }) => action,
  );

test("a forgotten password: the link in the mail sets another once, and ends every session", async () => {
  const { id } = await ada.addUser();
  const before = await signIn(EMAIL);
  await forget(EMAIL);
  await deliver();
  expect(mailbox.mails).toMatchObject([{ to: EMAIL, subject: "Choose a new password" }]);
  const token = mailbox.secretFor(EMAIL);
  expect(mailbox.mails[0]!.text).toContain(`https://sluice.example.org/account/#reset-password=${token}`);
  const reset = { token, newPassword: NEW_PASSWORD, address: "10.0.0.1" };
  await expect(resetForgottenPassword(accounts, { ...reset, newPassword: "12345678" })).rejects.toEqual(
    failure("auth.password_guessable"),
  );
  const outcomes = await Promise.allSettled([
    resetForgottenPassword(accounts, reset),
    resetForgottenPassword(accounts, reset),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(refresh(accounts, before.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(signIn(EMAIL)).rejects.toEqual(failure("auth.bad_credentials"));
  expect((await signIn(EMAIL, NEW_PASSWORD)).token_type).toBe("Bearer");
  expect(await actions()).toEqual(expect.arrayContaining(["user.forgot-password", "user.reset-password"]));
  const { rows } = await ada.database.pool.query("select email_confirmed_at from app_user where id = $1", [id]);
  expect(rows[0].email_confirmed_at).not.toBeNull();
});

test("a link is good for half an hour, lies in the database as a hash and in no audit", async () => {
  await ada.addUser();
  await forget(EMAIL);
  const { rows: queued } = await ada.database.pool.query("select encode(sealed, 'escape') as text from account_mail");
  expect(queued[0].text).not.toContain("ada");
  await deliver();
  const token = mailbox.secretFor(EMAIL);
  const { rows } = await ada.database.pool.query(
    "select (select json_agg(t)::text from account_token t) || (select json_agg(a)::text from audit_event a) as text",
  );
  expect(rows[0].text).not.toContain(token);
  ada.time.nowMs += 30 * 60_000;
  const reset = { token, newPassword: NEW_PASSWORD, address: "10.0.0.1" };
  await expect(resetForgottenPassword(accounts, reset)).rejects.toEqual(failure("auth.link_invalid"));
});

test("a name that nobody has is treated alike: one row in the queue, no look-up, and no mail after all", async () => {
  await ada.addUser();
  for (const name of ["nobody@example.org", EMAIL]) {
    const said: string[] = [];
    const pool = ada.database.pool;
    const watch = (client: PoolClient) => {
      const { query } = client;
      client.query = ((...given: [string]) => {
        said.push(String(given[0]).trim().split(/\s+/).slice(0, 3).join(" "));
        return query.apply(client, given as never);
      }) as typeof query;
      pool.once("release", () => {
        client.query = query;
      });
    };
    pool.once("acquire", watch);
    await forget(name);
    expect(said).toEqual(["begin", "insert into account_mail", "select current_setting('sluice.notices', true)"]);
  }
  await ada.database.pool.query("delete from account_mail");
  await forget("nobody@example.org");
  await deliver();
  expect(mailbox.mails).toEqual([]);
});

test("asking again and again makes no flood of mails, and slows whoever asks", async () => {
  await ada.addUser();
  for (let count = 0; count < FREE_REQUESTS; count++) await forget(EMAIL);
  await expect(forget(EMAIL)).rejects.toMatchObject({ kind: "limit", code: "auth.too_many_requests" });
  await forget(EMAIL, "10.0.0.2");
  await deliver();
  expect(mailbox.mails).toHaveLength(FREE_MAILS);
});

test("an owner who is attacked from everywhere gets in from a new place by the mail", async () => {
  await ada.addUser();
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT; count++) {
    await expect(signIn(EMAIL, "wrong password", `10.3.0.${count}`)).rejects.toEqual(failure("auth.bad_credentials"));
  }
  await expect(signIn(EMAIL, PASSWORD, "10.0.0.77")).rejects.toEqual(failure("auth.too_many_attempts"));
  await forget(EMAIL, "10.0.0.77");
  await deliver();
  const token = mailbox.secretFor(EMAIL);
  await resetForgottenPassword(accounts, { token, newPassword: NEW_PASSWORD, address: "10.0.0.77" });
  expect((await signIn(EMAIL, NEW_PASSWORD, "10.0.0.77")).token_type).toBe("Bearer");
});

test("a newcomer is nobody until the link is followed, and an operator then, by either name", async () => {
  const userId = await register(accounts, BEN);
  await expect(signIn(BEN.email)).rejects.toEqual(failure("auth.bad_credentials"));
  await deliver();
  const token = mailbox.secretFor(BEN.email);
  await confirmEmail(accounts, { token, address: BEN.address });
  await expect(confirmEmail(accounts, { token, address: BEN.address })).rejects.toEqual(failure("auth.link_invalid"));
  expect((await signIn(BEN.email)).token_type).toBe("Bearer");
  const { access_token } = await signIn("BEN");
  expect(await accounts.authenticator.authenticate(access_token)).toMatchObject({
    userId,
    organizationId: ada.by.organizationId,
    roles: new Set(["operator"]),
  });
});

test("registering an address that has an account is answered alike, however often, and its owner is told", async () => {
  await ada.addUser();
  for (const email of [EMAIL, "free@example.org"]) {
    for (let count = 0; count < 2; count++) {
      expect(await register(accounts, { ...BEN, email })).toMatch(/^[0-9a-f-]{36}$/);
    }
  }
  await deliver();
  const toAda = mailbox.mails.filter(({ to }) => to === EMAIL);
  expect(toAda.map(({ subject }) => subject)).toEqual(Array(2).fill("You have an account already"));
  expect(toAda[0]!.text).not.toContain("sla_");
  const waiting = await listRegistrations(ada.database.pool, ada.by.organizationId, {
    limit: 10,
    at: new Date(ada.time.nowMs),
  });
  expect(waiting.map(({ email }) => email)).toEqual(["free@example.org", "free@example.org"]);
});

test("of two newcomers with one user name the first to confirm has it, and the other signs in by address", async () => {
  const wishes = [BEN, { ...BEN, email: "other@example.org" }];
  for (const wish of wishes) await register(accounts, wish);
  await deliver();
  for (const { email } of wishes)
    await confirmEmail(accounts, { token: mailbox.secretFor(email), address: "10.0.0.9" });
  expect((await personOf("ben")).userId).toBe((await personOf(BEN.email)).userId);
  expect((await readProfile(accounts, await personOf("other@example.org"))).username).toBeNull();
  await expect(register(accounts, { ...BEN, email: "third@example.org" })).rejects.toEqual(
    failure("user.username_taken"),
  );
});

test("where no mail is sent an administrator vouches for a newcomer, or discards the wish", async () => {
  const silent = ada.anotherProcess("a secret", { registration: "open" });
  const userId = await register(silent, BEN);
  const other = await register(silent, { ...BEN, username: "spam", email: "spam@example.org" });
  await discardRegistration(silent, ada.by, other);
  await confirmRegistration(silent, ada.by, userId);
  await expect(confirmRegistration(silent, ada.by, other)).rejects.toEqual(failure("registration.unknown"));
  expect(await findMember(ada.database.pool, ada.by.organizationId, userId)).toMatchObject({
    emailConfirmedAt: null,
    roles: ["operator"],
  });
  const { rows } = await ada.database.pool.query("select 1 from account_mail");
  expect(rows).toEqual([]);
});

test.each([
  [{ password: "short" }, "auth.password_length"],
  [{ password: "ben@example.org" }, "auth.password_guessable"],
  [{ username: "a@b" }, "user.username_invalid"],
  [{ email: "nonsense" }, "user.email_invalid"],
])("a registration with %o is refused with %s", async (wrong, code) => {
  await expect(register(accounts, { ...BEN, ...wrong })).rejects.toEqual(failure(code));
});

test("an invitation lets one newcomer in where registration is closed, with the invited roles", async () => {
  const closed = ada.anotherProcess("a secret", { sendsMail: true, publicUrl: "https://sluice.example.org" });
  await expect(register(closed, BEN)).rejects.toMatchObject({ kind: "forbidden", code: "auth.registration_closed" });
  const { link } = await invite(closed, ada.by, { email: BEN.email, roles: ["scientist", "operator"] });
  expect(link).toBeUndefined();
  await deliver();
  expect(mailbox.mails[0]!.subject).toBe("Invitation to A");
  const invitation = mailbox.secretFor(BEN.email);
  await expect(register(closed, { ...BEN, email: "eve@example.org", invitation })).rejects.toEqual(
    failure("invitation.for_another"),
  );
  const userId = await register(closed, { ...BEN, email: "Ben@Example.org", invitation });
  expect(await findMember(ada.database.pool, ada.by.organizationId, userId)).toMatchObject({
    roles: ["scientist", "operator"],
    emailConfirmedAt: new Date(ada.time.nowMs),
  });
  expect((await signIn("ben")).token_type).toBe("Bearer");
  await expect(register(closed, { ...BEN, username: "ben2", invitation })).rejects.toEqual(
    failure("auth.link_invalid"),
  );
});

test("an invitation that was revoked, replaced or is too old opens nothing", async () => {
  const draft = { email: BEN.email, roles: ["operator"] as const };
  const join = (invitation: string) => register(accounts, { ...BEN, invitation });
  await invite(accounts, ada.by, draft);
  await deliver();
  const replaced = mailbox.secretFor(BEN.email);
  const second = await invite(accounts, ada.by, draft);
  await deliver();
  const revoked = mailbox.secretFor(BEN.email);
  await expect(join(replaced)).rejects.toEqual(failure("auth.link_invalid"));
  await revokeInvitation(accounts, ada.by, second.invitation.id);
  await expect(revokeInvitation(accounts, ada.by, second.invitation.id)).rejects.toEqual(failure("invitation.unknown"));
  await expect(join(revoked)).rejects.toEqual(failure("auth.link_invalid"));
  await invite(accounts, ada.by, draft);
  await deliver();
  ada.time.nowMs += INVITATION_LIFETIME_MS;
  await expect(join(mailbox.secretFor(BEN.email))).rejects.toEqual(failure("auth.link_invalid"));
});

test("somebody with an account joins a second organization by invitation; nobody else can with that link", async () => {
  await ada.addUser();
  const { rows } = await ada.database.pool.query(
    "insert into organization (slug, name) values ('b', 'B') returning id",
  );
  const elsewhere = { ...ada.by, organizationId: rows[0].id as number };
  await createUser(accounts, ada.by, { email: BEN.email, password: PASSWORD, roles: ["operator"] });
  await invite(accounts, elsewhere, { email: EMAIL, roles: ["admin"] });
  await deliver();
  const link = mailbox.secretFor(EMAIL);
  await expect(register(accounts, { ...BEN, email: EMAIL, invitation: link })).rejects.toEqual(
    failure("user.email_taken"),
  );
  await expect(acceptInvitation(accounts, ada.by, await personOf(BEN.email), link)).rejects.toEqual(
    failure("invitation.for_another"),
  );
  const person = await personOf(EMAIL);
  expect(await acceptInvitation(accounts, ada.by, person, link)).toEqual({ organizationId: elsewhere.organizationId });
  expect((await readProfile(accounts, person)).memberships.map(({ organization }) => organization.slug)).toEqual([
    "a",
    "b",
  ]);
  await expect(invite(accounts, elsewhere, { email: EMAIL, roles: ["admin"] })).rejects.toEqual(
    failure("user.member_already"),
  );
});

test("without a mail service the administrator gets the link of an invitation, this once", async () => {
  const silent = ada.anotherProcess("a secret", { publicUrl: "http://sluice.lan:8080" });
  const { link } = await invite(silent, ada.by, { email: BEN.email, roles: ["operator"] });
  expect(link).toMatch(/^http:\/\/sluice\.lan:8080\/account\/#invitation=sla_/);
  await register(silent, { ...BEN, invitation: link!.split("=")[1]! });
  expect((await signIn(BEN.email)).token_type).toBe("Bearer");
});

test("a new address counts once its owner has confirmed it, and the old one is told", async () => {
  await ada.addUser();
  const person = await personOf(EMAIL);
  const by = { ...ada.by, actor: `user:${person.userId}`, address: "10.0.0.1" };
  const request = { userId: person.userId, email: "new@example.org", password: PASSWORD };
  await expect(requestEmailChange(accounts, by, { ...request, password: "wrong" })).rejects.toMatchObject({
    kind: "forbidden",
    code: "auth.bad_credentials",
  });
  await changeProfile(accounts, by, person, { preferences: { language: "de-AT" } });
  await requestEmailChange(accounts, by, request);
  expect((await readProfile(accounts, person)).email).toBe(EMAIL);
  await deliver();
  expect(mailbox.mails.at(-1)).toMatchObject({ to: "new@example.org", subject: "Neue E-Mail-Adresse bestätigen" });
  await confirmEmail(accounts, { token: mailbox.secretFor("new@example.org"), address: "10.0.0.1" });
  await deliver();
  expect(mailbox.mails.at(-1)).toMatchObject({ to: EMAIL, subject: "Ihre E-Mail-Adresse wurde geändert" });
  expect((await signIn("new@example.org")).token_type).toBe("Bearer");
  await expect(signIn(EMAIL)).rejects.toEqual(failure("auth.bad_credentials"));
});

test("an address of somebody else cannot be taken, and asking for it tells nothing", async () => {
  await ada.addUser();
  await createUser(accounts, ada.by, { email: BEN.email, password: PASSWORD, roles: ["operator"] });
  const { userId } = await personOf(EMAIL);
  await requestEmailChange(accounts, ada.by, { userId, email: BEN.email, password: PASSWORD });
  await deliver();
  expect(mailbox.mails).toMatchObject([{ to: BEN.email, subject: "This e-mail address has an account already" }]);
  expect(mailbox.mails[0]!.text).not.toContain("sla_");
});

test("a mail that the server does not take now is tried again later under the same id, until its link is old", async () => {
  await ada.addUser();
  await forget(EMAIL);
  mailbox.rejection = { responseCode: 451, message: "try later" };
  await deliver();
  await deliver();
  const pending = async () => (await ada.database.pool.query("select attempts, last_error from account_mail")).rows;
  expect(await pending()).toEqual([{ attempts: 1, last_error: expect.stringContaining("try later") }]);
  ada.time.nowMs += 5_000;
  await deliver();
  expect(await pending()).toMatchObject([{ attempts: 2 }]);
  ada.time.nowMs += 5_000;
  await deliver();
  expect(await pending()).toMatchObject([{ attempts: 2 }]);
  mailbox.rejection = undefined;
  ada.time.nowMs += 5_000;
  await deliver();
  expect(await pending()).toEqual([]);
  expect(mailbox.mails).toHaveLength(1);
  await forget(EMAIL);
  mailbox.rejection = { responseCode: 451, message: "try later" };
  await deliver();
  ada.time.nowMs += 30 * 60_000;
  await deliver();
  expect(await pending()).toEqual([]);
});

test("a mail that the server refuses for good is dropped", async () => {
  await ada.addUser();
  await forget(EMAIL);
  mailbox.rejection = { responseCode: 550, message: "no such user" };
  await deliver();
  expect((await ada.database.pool.query("select 1 from account_mail")).rows).toEqual([]);
});

test("of two workers one sends, and what a dead one had claimed is sent after its lease", async () => {
  await ada.addUser();
  await forget(EMAIL);
  const workers = [mailbox.workerOf(accounts), mailbox.workerOf(accounts)];
  for (const one of workers) one.start();
  for (const one of workers) await one.settled();
  for (const one of workers) await one.stop();
  expect(mailbox.mails).toHaveLength(1);
  await forget(EMAIL);
  await ada.database.pool.query("update account_mail set due_at = $1", [new Date(ada.time.nowMs + MAIL_LEASE_MS)]);
  await deliver();
  expect(mailbox.mails).toHaveLength(1);
  ada.time.nowMs += MAIL_LEASE_MS;
  await deliver();
  expect(mailbox.mails).toHaveLength(2);
});
