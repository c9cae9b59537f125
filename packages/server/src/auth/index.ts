export { ACCESS_TOKEN_LIFETIME_S } from "./access-token.ts";
export {
  type AccountSettings,
  type Accounts,
  type AccountsOptions,
  createAccounts,
  prepareAccounts,
} from "./accounts.ts";
export { type AuditEvent, recordAuditEvent, recordAuditEvents } from "./audit-store.ts";
export { type AuditEntry, type AuditFilter, listAuditEntries } from "./audit-view-store.ts";
export type { Authenticator } from "./authenticate.ts";
export {
  type Administrator,
  type AdministratorSettings,
  bootstrapAdministrator,
  DEFAULT_ADMINISTRATOR_EMAIL,
} from "./bootstrap-administrator.ts";
export { changePassword, type PasswordChange, resetPassword } from "./change-password.ts";
export { ENTITY_SCOPES } from "./client-scopes.ts";
export { type ApiClient, findClient, listClients } from "./client-store.ts";
export { type ClientDraft, type CreatedClient, createClient } from "./create-client.ts";
export { type CreatedUser, createUser, type UserDraft } from "./create-user.ts";
export { type Entity, listEntities, requireEntity } from "./entity-store.ts";
export { forgotPassword, resetForgottenPassword } from "./forgot-password.ts";
export { acceptInvitation, joinWithAccount } from "./invitations/accept-invitation.ts";
export { type Invitation, listInvitations } from "./invitations/invitation-store.ts";
export { invite, revokeInvitation } from "./invitations/invite.ts";
export { type Credentials, login } from "./login.ts";
export { logout } from "./logout.ts";
export type { AccountMail } from "./mail/enqueue-mail.ts";
export { AccountMailWorker, type MailOutcome, type SendMail } from "./mail/mail-worker.ts";
export { createEntity, deleteEntity, type EntityChange, type EntityDraft, updateEntity } from "./manage-entities.ts";
export { findMemberAddresses, listMembers, listMemberships, type Member, type Membership } from "./membership-store.ts";
export { nameOfPerson } from "./name-of-person.ts";
export { type Application, listApplications } from "./oauth/application-store.ts";
export type { SignedIn } from "./oauth/authorization-code.ts";
export { issueAuthorizationCode, redeemAuthorizationCode } from "./oauth/authorization-code.ts";
export {
  type AuthorizationQuery,
  type AuthorizationRequest,
  CONSOLE_APPLICATION,
  checkAuthorizationRequest,
  redirectWith,
} from "./oauth/authorization-request.ts";
export { type ClientTokenAnswer, grantClientCredentials } from "./oauth/client-credentials.ts";
export { createApplication, revokeApplication } from "./oauth/manage-applications.ts";
export { type OAuthErrorName, oauthFailure, printable } from "./oauth/oauth-failure.ts";
export { MAX_REDIRECT_URIS } from "./oauth/redirect-uri.ts";
export { revokeToken } from "./oauth/revoke-token.ts";
export { organizationFor, signInForApplication } from "./oauth/sign-in-for-application.ts";
export { PERMISSIONS, type Permission, SCOPES, type Scope } from "./permissions.ts";
export { mayDo, type Principal, type Role } from "./principal.ts";
export { requestEmailChange } from "./profile/change-email.ts";
export {
  DATE_FORMATS,
  HOUR_CYCLES,
  NUMBER_FORMATS,
  type Preferences,
  UNIT_SYSTEMS,
  UNITS,
} from "./profile/preferences.ts";
export { changeProfile, type Person, type Profile, readProfile } from "./profile/profile.ts";
export { refresh } from "./refresh.ts";
export { confirmEmail, confirmRegistration, discardRegistration } from "./registration/confirm.ts";
export { type RegistrationRequest, register } from "./registration/register.ts";
export { listRegistrations } from "./registration/registration-store.ts";
export { type Requester, requesterOf } from "./requester.ts";
export { revokeClient, unknownClient } from "./revoke-client.ts";
export { DEFAULT_ROTATION_OVERLAP_S, MAX_ROTATION_OVERLAP_S, rotateClient } from "./rotate-client.ts";
export { openState, sealState } from "./sealed-state.ts";
export {
  confirmSecondFactor,
  disableSecondFactor,
  enrolSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
} from "./second-factor/enrol.ts";
export { loginWithSecondFactor, type SecondFactorProof } from "./second-factor/login-with-second-factor.ts";
export type { TokenPair } from "./session.ts";
export {
  endOtherSessions,
  endSession,
  listOwnSessions,
  switchOrganization,
  throughApplication,
} from "./sessions.ts";
export { OpenIdProvider, type OpenIdProviderSettings, type PendingSignOn } from "./sign-on/open-id-provider.ts";
export { listOwnIdentities, unlinkIdentity } from "./sign-on/own-identities.ts";
export { type SignOnSettings, signOn } from "./sign-on/single-sign-on.ts";
export { type ClientChange, updateClient } from "./update-client.ts";
export { createOrganization } from "./users/create-organization.ts";
export {
  endSessionsOfMember,
  removeMember,
  requireMember,
  resetSecondFactorOfMember,
  updateMember,
} from "./users/manage-members.ts";
