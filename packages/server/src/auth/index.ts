export { ACCESS_TOKEN_LIFETIME_S } from "./access-token.ts";
export { type Accounts, type AccountsOptions, createAccounts, prepareAccounts } from "./accounts.ts";
export { type AuditEvent, recordAuditEvent } from "./audit-store.ts";
export type { Authenticator } from "./authenticate.ts";
export {
  type Administrator,
  type AdministratorSettings,
  bootstrapAdministrator,
  DEFAULT_ADMINISTRATOR_EMAIL,
} from "./bootstrap-administrator.ts";
export { changePassword, type PasswordChange, resetPassword } from "./change-password.ts";
export { type ApiClient, listClients } from "./client-store.ts";
export { type ClientDraft, createClient } from "./create-client.ts";
export { type CreatedUser, createUser, type UserDraft } from "./create-user.ts";
export { type Credentials, login } from "./login.ts";
export { logout } from "./logout.ts";
export { nameOfPerson } from "./name-of-person.ts";
export { mayDo, PERMISSIONS, type Permission, SCOPES, type Scope } from "./permissions.ts";
export type { Principal, Role } from "./principal.ts";
export { refresh } from "./refresh.ts";
export { type Requester, requesterOf } from "./requester.ts";
export { revokeClient } from "./revoke-client.ts";
export type { TokenPair } from "./session.ts";
