import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { resetPassword } from "../change-password.ts";
import { createUser } from "../create-user.ts";
import { logout } from "../logout.ts";
import { listMembers } from "../membership-store.ts";
import { issueAuthorizationCode, redeemAuthorizationCode } from "../oauth/authorization-code.ts";
import { CONSOLE_APPLICATION } from "../oauth/authorization-request.ts";
import type { Principal, Role } from "../principal.ts";
import type { Person } from "../profile/profile.ts";
import { refresh } from "../refresh.ts";
import type { Requester } from "../requester.ts";
import { endOtherSessions, endSession, listOwnSessions, switchOrganization } from "../sessions.ts";
import { EMAIL, PASSWORD, TestAccounts } from "../testing/test-accounts.ts";
import { createOrganization } from "./create-organization.ts";
import {
  endSessionsOfMember,
  removeMember,
  requireMember,
  resetSecondFactorOfMember,
  updateMember,
} from "./manage-members.ts";

let ada: TestAccounts;
let by: Requester;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(async () => {
  await ada.reset();
  by = { ...ada.by, address: "10.0.0.1" };
});
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });
const NOBODY = "00000000-0000-4000-8000-000000000000";

async function add(name: string, ...roles: Role[]): Promise<string> {
  return (await createUser(ada.accounts, by, { email: `${name}@example.org`, password: PASSWORD, roles })).id;
}

async function personOf(token: string): Promise<Person> {
  const principal: Principal = await ada.authenticate(token);
  if (principal.kind !== "user") throw new Error("a person was expected");
  return principal;
}

async function anotherOrganization(person: Person, slug = "b"): Promise<number> {
  const install = async (client: Parameters<Parameters<typeof createOrganization>[3]>[0]) => {
    const { rows } = await client.query(
      "insert into organization (slug, name) values ($1, upper($1)) returning id, name",
      [slug],
    );
    return rows[0] as { id: number; name: string };
  };
  return (await createOrganization(ada.accounts, by, person, install)).id;
}

test("an organization keeps an administrator", async () => {
  const only = await add("ada", "admin");
  await add("ben", "operator");
  for (const change of [{ roles: ["operator"] as const }, { isActive: false }]) {
    await expect(updateMember(ada.accounts, by, only, change)).rejects.toMatchObject({
      kind: "conflict",
      code: "organization.last_administrator",
    });
  }
  await expect(removeMember(ada.accounts, by, only)).rejects.toEqual(failure("organization.last_administrator"));
  const second = await add("cleo", "admin");
  await updateMember(ada.accounts, by, second, { isActive: false });
  await expect(updateMember(ada.accounts, by, only, { roles: ["scientist"] })).rejects.toEqual(
    failure("organization.last_administrator"),
  );
});

test("of administrators who remove each other at the same time one stays", async () => {
  for (let round = 0; round < 5; round++) {
    const ids = [await add(`a${round}`, "admin"), await add(`b${round}`, "admin"), await add(`c${round}`, "admin")];
    const outcomes = await Promise.allSettled([
      removeMember(ada.accounts, by, ids[0]!),
      updateMember(ada.accounts, by, ids[1]!, { roles: ["operator"] }),
      updateMember(ada.anotherProcess(), by, ids[2]!, { isActive: false }),
    ]);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map(({ reason }) => reason.code)).toEqual(["organization.last_administrator"]);
    const left = (await listMembers(ada.database.pool, by.organizationId, { limit: 100 })).filter(
      ({ roles, isActive }) => roles.includes("admin") && isActive,
    );
    expect(left).toHaveLength(1);
    await ada.reset();
    by = { ...ada.by, address: "10.0.0.1" };
  }
});

test("whoever is switched off is signed out and stays out, and comes back when switched on", async () => {
  await add("admin", "admin");
  const id = await add("ada", "operator");
  const pair = await ada.signIn();
  await updateMember(ada.accounts, by, id, { isActive: false });
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(pair.access_token)).rejects.toEqual(failure("auth.session_ended"));
  await expect(refresh(ada.accounts, pair.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
  await updateMember(ada.accounts, by, id, { isActive: true });
  await expect(refresh(ada.accounts, pair.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("changed roles count within a second, without signing in again", async () => {
  await add("admin", "admin");
  const id = await add("ada", "operator");
  const { access_token } = await ada.signIn();
  await personOf(access_token);
  await updateMember(ada.accounts, by, id, { roles: ["scientist", "scientist"] });
  ada.time.nowMs += 1000;
  expect((await personOf(access_token)).roles).toEqual(new Set(["scientist"]));
  const { rows } = await ada.database.pool.query(
    "select before -> 'roles' as before, after -> 'roles' as after from audit_event where action = 'user.update'",
  );
  expect(rows).toEqual([{ before: ["operator"], after: ["scientist"] }]);
});

test("a person in two organizations goes from one to the other in one session", async () => {
  await add("ada", "admin");
  const first = await ada.signIn();
  const person = await personOf(first.access_token);
  const other = await anotherOrganization(person);
  const second = await switchOrganization(ada.accounts, by, person, other);
  expect(await personOf(second.access_token)).toEqual({ ...person, organizationId: other });
  expect((await personOf(first.access_token)).organizationId).toBe(by.organizationId);
  const next = await refresh(ada.accounts, second.refresh_token);
  expect((await personOf(next.access_token)).organizationId).toBe(other);
  expect(await listOwnSessions(ada.accounts, person)).toHaveLength(1);
  await logout(ada.accounts, next.refresh_token);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(first.access_token)).rejects.toEqual(failure("auth.session_ended"));
  await expect(switchOrganization(ada.accounts, by, person, by.organizationId)).rejects.toEqual(
    failure("auth.session_ended"),
  );
});

test("nobody switches into an organization that is not theirs", async () => {
  await add("ada", "admin");
  await add("ben", "operator");
  const person = await personOf((await ada.signIn()).access_token);
  const other = await anotherOrganization(person);
  const stranger = await personOf((await ada.signIn(PASSWORD, "ben@example.org")).access_token);
  await expect(switchOrganization(ada.accounts, by, stranger, other)).rejects.toMatchObject({
    kind: "not-found",
    code: "organization.unknown",
  });
});

test("removed from one organization a person stays in the other, and is deleted with the last", async () => {
  await add("admin", "admin");
  const id = await add("ada", "admin");
  const { access_token } = await ada.signIn();
  const person = await personOf(access_token);
  const other = await anotherOrganization(person);
  const pair = await switchOrganization(ada.accounts, by, person, other);
  await expect(updateMember(ada.accounts, by, id, { name: "Not hers to say" })).rejects.toEqual(failure("user.shared"));
  await expect(resetSecondFactorOfMember(ada.accounts, by, id)).rejects.toEqual(failure("user.shared"));
  await removeMember(ada.accounts, by, id);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await personOf(pair.access_token)).organizationId).toBe(other);
  await expect(requireMember(ada.accounts, by.organizationId, id)).rejects.toEqual(failure("user.unknown"));
  const elsewhere = { ...by, organizationId: other };
  await createUser(ada.accounts, elsewhere, { email: "ben@example.org", password: PASSWORD, roles: ["admin"] });
  await removeMember(ada.accounts, elsewhere, id);
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
  const { rows } = await ada.database.pool.query("select 1 from app_user where id = $1", [id]);
  expect(rows).toEqual([]);
});

test("another organization's people are not there", async () => {
  const id = await add("ada", "admin");
  const person = await personOf((await ada.signIn()).access_token);
  const elsewhere = { ...by, organizationId: await anotherOrganization(person) };
  const stranger = await add("ben", "operator");
  const attempts = [
    () => requireMember(ada.accounts, elsewhere.organizationId, stranger),
    () => updateMember(ada.accounts, elsewhere, stranger, { roles: ["admin"] }),
    () => removeMember(ada.accounts, elsewhere, stranger),
    () => endSessionsOfMember(ada.accounts, elsewhere, stranger),
    () => resetSecondFactorOfMember(ada.accounts, elsewhere, stranger),
    () => updateMember(ada.accounts, elsewhere, NOBODY, {}),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toEqual(failure("user.unknown"));
  expect((await requireMember(ada.accounts, elsewhere.organizationId, id)).email).toBe(EMAIL);
});

test("one sees one's sessions, ends one, and ends all others", async () => {
  await add("ada", "operator");
  const here = await ada.signIn();
  ada.time.nowMs += 60_000;
  const there = await ada.signIn(PASSWORD, EMAIL, "10.0.0.2");
  const last = await ada.signIn(PASSWORD, EMAIL, "10.0.0.3");
  const person = await personOf(here.access_token);
  const sessions = await listOwnSessions(ada.accounts, person);
  expect(sessions.map(({ address, isCurrent }) => [address, isCurrent]).sort()).toEqual([
    ["10.0.0.1", true],
    ["10.0.0.2", false],
    ["10.0.0.3", false],
  ]);
  const second = sessions.find(({ address }) => address === "10.0.0.2")!;
  await endSession(ada.accounts, by, person, second.id);
  await expect(endSession(ada.accounts, by, person, second.id)).rejects.toEqual(failure("session.unknown"));
  await expect(refresh(ada.accounts, there.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  await endOtherSessions(ada.accounts, by, person);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(last.access_token)).rejects.toEqual(failure("auth.session_ended"));
  expect((await personOf(here.access_token)).userId).toBe(person.userId);
  expect(await listOwnSessions(ada.accounts, person)).toHaveLength(1);
});

test("nobody ends another's session by its id", async () => {
  await add("ada", "operator");
  await add("ben", "operator");
  const own = await personOf((await ada.signIn()).access_token);
  const other = await personOf((await ada.signIn(PASSWORD, "ben@example.org")).access_token);
  await expect(endSession(ada.accounts, by, other, own.sessionId)).rejects.toEqual(failure("session.unknown"));
  expect(await listOwnSessions(ada.accounts, own)).toHaveLength(1);
});

test("of a hundred and one sessions the one used longest ago has ended", async () => {
  await add("ada", "operator");
  const first = await ada.signIn();
  const person = await personOf(first.access_token);
  await ada.database.pool.query(
    `insert into session (id, user_id, created_at, last_used_at)
     select gen_random_uuid(), $1, $2, $2 from generate_series(1, 98)`,
    [person.userId, new Date(ada.time.nowMs + 1)],
  );
  ada.time.nowMs += 1000;
  await ada.signIn();
  expect((await personOf(first.access_token)).userId).toBe(person.userId);
  await ada.signIn();
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(first.access_token)).rejects.toEqual(failure("auth.session_ended"));
});

test("whom an organization signs out does not come back with a session of another one, but by signing in", async () => {
  await add("admin", "admin");
  const id = await add("ada", "admin");
  const person = await personOf((await ada.signIn()).access_token);
  const other = await anotherOrganization(person);
  const there = await switchOrganization(ada.accounts, by, person, other);
  const elsewhere = await personOf(there.access_token);
  await endSessionsOfMember(ada.accounts, by, id);
  const back = () => switchOrganization(ada.accounts, by, elsewhere, by.organizationId);
  await expect(back()).rejects.toMatchObject({ kind: "forbidden", code: "session.ended_there" });
  expect((await refresh(ada.accounts, there.refresh_token)).token_type).toBe("Bearer");
  await updateMember(ada.accounts, by, id, { isActive: false });
  await updateMember(ada.accounts, by, id, { isActive: true });
  await expect(back()).rejects.toEqual(failure("session.ended_there"));
  ada.time.nowMs += 1;
  const anew = await personOf((await ada.signIn()).access_token);
  const across = await personOf((await switchOrganization(ada.accounts, by, anew, other)).access_token);
  expect((await switchOrganization(ada.accounts, by, across, by.organizationId)).token_type).toBe("Bearer");
});

test("a sign-in on its way to a program ends with the sessions", async () => {
  const userId = await add("ada", "operator");
  const person = await personOf((await ada.signIn()).access_token);
  const verifier = "v".repeat(43);
  const request = {
    applicationId: CONSOLE_APPLICATION,
    redirectUri: "http://localhost:8080/signed-in",
    challenge: createHash("sha256").update(verifier).digest("base64url"),
  };
  const begin = () => issueAuthorizationCode(ada.accounts, { userId, organizationId: by.organizationId }, request);
  const redeem = (code: string) =>
    redeemAuthorizationCode(ada.accounts, { ...request, code, verifier, origin: "http://localhost:8080" });
  expect((await redeem(await begin())).token_type).toBe("Bearer");
  const ends = [
    () => endOtherSessions(ada.accounts, by, person),
    () => endSessionsOfMember(ada.accounts, by, userId),
    () => resetPassword(ada.accounts, by, EMAIL),
  ];
  for (const end of ends) {
    const code = await begin();
    await end();
    await expect(redeem(code)).rejects.toEqual(failure("oauth.invalid_grant"));
  }
});
