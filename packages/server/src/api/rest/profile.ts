import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { Type } from "typebox";
import {
  type Accounts,
  changeProfile,
  confirmSecondFactor,
  DATE_FORMATS,
  disableSecondFactor,
  enrolSecondFactor,
  HOUR_CYCLES,
  NUMBER_FORMATS,
  readProfile,
  renewRecoveryCodes,
  requestEmailChange,
  UNIT_SYSTEMS,
  UNITS,
} from "../../auth/index.ts";
import { personOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Slug, Thing, Uuid } from "../schemas.ts";
import { Code, Password } from "./authentication.ts";
import { Email, Username } from "./registration.ts";
import { Roles } from "./users.ts";

const Severities = Type.Array(Type.Enum([...ALERT_SEVERITIES]), { maxItems: ALERT_SEVERITIES.length });

const Units = Type.Object(
  {
    temperature: Type.Optional(Type.Enum([...UNITS.temperature])),
    precipitation: Type.Optional(Type.Enum([...UNITS.precipitation])),
    level: Type.Optional(Type.Enum([...UNITS.level])),
    volume: Type.Optional(Type.Enum([...UNITS.volume])),
    flow: Type.Optional(Type.Enum([...UNITS.flow])),
    pressure: Type.Optional(Type.Enum([...UNITS.pressure])),
    speed: Type.Optional(Type.Enum([...UNITS.speed])),
    mass: Type.Optional(Type.Enum([...UNITS.mass])),
    area: Type.Optional(Type.Enum([...UNITS.area])),
    energy: Type.Optional(Type.Enum([...UNITS.energy])),
  },
  {
    additionalProperties: false,
    description: "Quantities that are shown otherwise than the system has it, by UCUM's codes.",
  },
);

const PreferenceFields = {
  language: Type.String({ minLength: 2, maxLength: 35, description: "BCP 47; our own texts are in `en` and `de`." }),
  unitSystem: Type.Enum([...UNIT_SYSTEMS]),
  units: Units,
  timeZone: Nullable(Type.String({ maxLength: 100, description: "IANA name; null: that of the site." })),
  numberFormat: Type.Enum([...NUMBER_FORMATS]),
  dateFormat: Type.Enum([...DATE_FORMATS]),
  hourCycle: Type.Enum([...HOUR_CYCLES]),
  notifications: Type.Object({ showSeverities: Severities }, { additionalProperties: false }),
};

const Me = Thing("Profile", {
  id: Uuid,
  email: Email,
  emailConfirmedAt: Nullable(DateTime),
  username: Nullable(Username),
  name: Name,
  createdAt: DateTime,
  organizationId: Type.Integer({ minimum: 1, description: "The one that the token names." }),
  roles: Roles,
  memberships: Type.Array(
    Type.Object({ organization: Type.Object({ id: SerialId, slug: Slug, name: Name }), roles: Roles }),
  ),
  secondFactor: Nullable(
    Type.Object({
      confirmedAt: DateTime,
      recoveryCodes: Type.Integer({ minimum: 0, description: "How many are left." }),
    }),
  ),
  preferences: Thing("Preferences", PreferenceFields),
});

const RecoveryCodes = Thing("RecoveryCodes", {
  recoveryCodes: Type.Array(Type.String(), { description: "Each is good once; shown this once." }),
});

export function ownProfileRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/me",
    {
      config: { access: "account:own" },
      schema: { tags: ["profile"], summary: "Who one is, and how one wants to see things", response: answers(200, Me) },
    },
    (request) => readProfile(accounts, personOf(request)),
  );

  api.patch(
    "/api/v1/me",
    {
      config: { access: "account:own" },
      schema: {
        tags: ["profile"],
        summary: "Change one's own profile and preferences",
        body: Body({
          name: Type.Optional(Name),
          username: Type.Optional(Nullable(Username)),
          preferences: Type.Optional(Type.Partial(Type.Object(PreferenceFields), { additionalProperties: false })),
        }),
        response: answers(200, Me),
      },
    },
    (request) => changeProfile(accounts, requesterFor(request), personOf(request), request.body),
  );

  api.post(
    "/api/v1/me/email",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "requestEmailChange",
        tags: ["profile"],
        summary: "Ask for another e-mail address",
        description: "Changes nothing until the link in the mail to the new address is followed.",
        body: Body({ email: Email, password: Password }),
        response: answers(202, NoContent),
      },
    },
    async (request, reply) => {
      const { userId } = personOf(request);
      await requestEmailChange(accounts, requesterFor(request), { userId, ...request.body });
      return reply.code(202).send();
    },
  );

  api.post(
    "/api/v1/me/second-factor",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "enrolSecondFactor",
        tags: ["profile"],
        summary: "Set up an authenticator app (TOTP)",
        description: "Asks for nothing until it is confirmed with a code.",
        body: Body({ password: Password }),
        response: answers(
          201,
          Thing("SecondFactorEnrolment", {
            secret: Type.String({ description: "Base 32, to be typed." }),
            uri: Type.String({ description: "`otpauth://…`, for a QR code." }),
          }),
        ),
      },
    },
    async (request, reply) => {
      const { userId } = personOf(request);
      const enrolment = await enrolSecondFactor(accounts, requesterFor(request), { userId, ...request.body });
      return reply.code(201).send(enrolment);
    },
  );

  api.post(
    "/api/v1/me/second-factor/confirm",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "confirmSecondFactor",
        tags: ["profile"],
        summary: "Confirm the app with its first code",
        body: Body({ code: Code }),
        response: answers(200, RecoveryCodes),
      },
    },
    async (request) => {
      const { userId } = personOf(request);
      const codes = await confirmSecondFactor(accounts, requesterFor(request), { userId, ...request.body });
      return { recoveryCodes: [...codes] };
    },
  );

  api.post(
    "/api/v1/me/second-factor/recovery-codes",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "renewRecoveryCodes",
        tags: ["profile"],
        summary: "Get new recovery codes; those before are good no more",
        body: Body({ code: Code }),
        response: answers(200, RecoveryCodes),
      },
    },
    async (request) => {
      const { userId } = personOf(request);
      const codes = await renewRecoveryCodes(accounts, requesterFor(request), { userId, ...request.body });
      return { recoveryCodes: [...codes] };
    },
  );

  api.post(
    "/api/v1/me/second-factor/disable",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "disableSecondFactor",
        tags: ["profile"],
        summary: "Sign in with the password alone again",
        body: Body({ password: Password, code: Code }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      const { userId } = personOf(request);
      await disableSecondFactor(accounts, requesterFor(request), { userId, ...request.body });
      return reply.code(204).send();
    },
  );
}
