import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createUser } from "../create-user.ts";
import { findRoles } from "../membership-store.ts";
import type { Person } from "../profile/profile.ts";
import { refresh } from "../refresh.ts";
import { EMAIL, TestAccounts } from "../testing/test-accounts.ts";
import { listOwnIdentities, unlinkIdentity } from "./own-identities.ts";
import { type SignOnSettings, signOn } from "./single-sign-on.ts";

let ada: TestAccounts;
let settings: SignOnSettings;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(async () => {
  await ada.reset();
  const { organizationId } = ada.by;
  settings = { issuer: "https://sso.example.org", organizationId, rolesClaim: "roles", defaultRole: undefined };
});
afterAll(() => ada.database.drop());

const failure = (code: string) => expect.objectContaining({ code });
const VERIFIED = { sub: "a-1", email: EMAIL, email_verified: true };

test("the password of an account that somebody else set up is good no more when its owner signs on", async () => {
  const { id } = await ada.addUser();
  const before = await ada.signIn();
  expect(await signOn(ada.accounts, settings, VERIFIED)).toMatchObject({ userId: id });
  await expect(ada.signIn()).rejects.toEqual(failure("auth.bad_credentials"));
  await expect(refresh(ada.accounts, before.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  expect(await signOn(ada.accounts, settings, VERIFIED)).toMatchObject({ userId: id });
});

test("the password of an account whose owner has confirmed the address stays good", async () => {
  await ada.addUser();
  await ada.database.pool.query("update app_user set email_confirmed_at = now()");
  await signOn(ada.accounts, settings, VERIFIED);
  expect((await ada.signIn()).token_type).toBe("Bearer");
});

test("the provider takes an administrator's role, but not the last one's", async () => {
  const claims = { sub: "b-1", email: "boss@example.org", roles: ["admin"] };
  const { userId, organizationId } = await signOn(ada.accounts, settings, claims);
  const demote = () => signOn(ada.accounts, settings, { ...claims, roles: ["operator"] });
  const roles = () => findRoles(ada.database.pool, userId, organizationId);
  await demote();
  expect(await roles()).toEqual(["admin"]);
  await createUser(ada.accounts, ada.by, { email: "second@example.org", roles: ["admin"] });
  await demote();
  expect(await roles()).toEqual(["operator"]);
});

test("one sees what opens one's account, and takes it off; other sessions end with it, nobody else can", async () => {
  const { id } = await ada.addUser();
  await ada.database.pool.query("update app_user set email_confirmed_at = now()");
  await signOn(ada.accounts, settings, VERIFIED);
  const [here, there] = [await ada.signIn(), await ada.signIn()];
  const person = (await ada.authenticate(here.access_token)) as Person;
  const [identity] = await listOwnIdentities(ada.accounts, person);
  expect(identity).toMatchObject({ issuer: settings.issuer, subject: "a-1" });
  const stranger = {
    ...person,
    userId: (await createUser(ada.accounts, ada.by, { email: "b@example.org", roles: ["admin"] })).id,
  };
  await expect(unlinkIdentity(ada.accounts, ada.by, stranger, identity!.id)).rejects.toEqual(
    failure("identity.unknown"),
  );
  await unlinkIdentity(ada.accounts, ada.by, person, identity!.id);
  expect(await listOwnIdentities(ada.accounts, person)).toEqual([]);
  await expect(refresh(ada.accounts, there.refresh_token)).rejects.toEqual(failure("auth.refresh_invalid"));
  expect((await refresh(ada.accounts, here.refresh_token)).token_type).toBe("Bearer");
  await expect(signOn(ada.accounts, settings, { sub: "a-1", email: EMAIL })).rejects.toEqual(
    failure("auth.sign_on_refused"),
  );
  expect(await signOn(ada.accounts, settings, VERIFIED)).toMatchObject({ userId: id });
});
