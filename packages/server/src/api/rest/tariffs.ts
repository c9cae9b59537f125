import { MAX_PRICE, MAX_TARIFF_PERIODS, MAX_TARIFF_TIERS, WEEKDAYS } from "@sluice/core/tariffs/tariff.ts";
import { Type } from "typebox";
import {
  createTariff,
  deleteTariff,
  listTariffs,
  type Registry,
  requireTariff,
  updateTariff,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Slug, Thing } from "../schemas.ts";
import { Currency } from "./organization.ts";

const Price = Type.Number({ minimum: -MAX_PRICE, maximum: MAX_PRICE });
const Day = Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$", description: "A day, by the clock of the site." });
const TimeOfDay = Type.String({ pattern: "^\\d\\d:\\d\\d$", description: '"06:00"; "24:00" is the end of the day.' });

const Period = Body({
  name: Type.String({ minLength: 1, maxLength: 63 }),
  price: Type.Number({ ...Price, description: "Of a kilowatt hour." }),
  months: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), {
      minItems: 1,
      maxItems: 12,
      description: "All when absent.",
    }),
  ),
  days: Type.Optional(
    Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1, maxItems: 7, description: "All when absent." }),
  ),
  from: Type.Optional(TimeOfDay),
  to: Type.Optional(TimeOfDay),
});

const PriceFields = {
  periods: Type.Array(Period, {
    minItems: 1,
    maxItems: MAX_TARIFF_PERIODS,
    description:
      "By the clock on the wall of the site. `to` before `from` is on the next day. Together they give every minute of a week one price, in every month.",
  }),
  tiers: Type.Array(Body({ aboveKwh: Type.Number({ exclusiveMinimum: 0, maximum: 1e9 }), addedPrice: Price }), {
    maxItems: MAX_TARIFF_TIERS,
    description: "What is added to the price of every kilowatt hour of a month above so many; rising.",
  }),
  feedInPrice: Type.Number({ ...Price, description: "For a kilowatt hour fed in." }),
  standingChargePerDay: Price,
};

const Tariff = Thing("Tariff", {
  id: SerialId,
  name: Name,
  site: Nullable(Type.String({ description: "Null: of every site that has none of its own." })),
  currency: Currency,
  validFrom: Day,
  validUntil: Nullable(Day),
  ...PriceFields,
  createdAt: DateTime,
});

const Draft = {
  name: Name,
  currency: Type.Optional(Currency),
  validFrom: Day,
  validUntil: Type.Optional(Nullable(Day)),
  periods: PriceFields.periods,
  tiers: Type.Optional(PriceFields.tiers),
  feedInPrice: Type.Optional(PriceFields.feedInPrice),
  standingChargePerDay: Type.Optional(Price),
};
export const TariffBody = Body({ ...Draft, site: Type.Optional(Nullable(Slug)) });
const Change = {
  ...Draft,
  name: Type.Optional(Name),
  validFrom: Type.Optional(Day),
  periods: Type.Optional(PriceFields.periods),
};

const Params = Type.Object({ tariff: SerialId });
const tags = ["registry"];

/** What energy costs: by time of use, in tiers, and what feeding in earns. */
export function tariffRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/tariffs",
    {
      config: { access: "registry:read" },
      schema: {
        tags,
        summary: "List tariffs",
        querystring: Type.Object({
          ...PageQuery,
          site: Type.Optional(Type.String({ maxLength: 63, description: "Those of the site itself." })),
          on: Type.Optional(Day),
        }),
        response: answers(200, Type.Array(Tariff)),
      },
    },
    async (request, reply) => {
      const { site, on } = request.query;
      const page = { afterId: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const tariffs = await listTariffs(registry.pool, organizationOf(request), { site, on, ...page });
      return sendPage(request, reply, tariffs, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/tariffs",
    {
      config: { access: "registry:write" },
      schema: {
        tags,
        summary: "Make a tariff",
        description:
          "Of a site, or of every site without one of its own. Refused with all gaps and overlaps of its periods, and when another tariff of the same site holds on a day of it.",
        body: TariffBody,
        response: answers(201, Tariff),
      },
    },
    async (request, reply) => {
      const tariff = await createTariff(registry, requesterFor(request), request.body);
      return sendTagged(request, reply.code(201).header("location", `/api/v1/tariffs/${tariff.id}`), tariff);
    },
  );

  api.get(
    "/api/v1/tariffs/:tariff",
    {
      config: { access: "registry:read" },
      schema: { tags, summary: "One tariff", params: Params, response: taggedAnswers(Tariff) },
    },
    async (request, reply) =>
      sendTagged(request, reply, await requireTariff(registry.pool, organizationOf(request), request.params.tariff)),
  );

  api.patch(
    "/api/v1/tariffs/:tariff",
    {
      config: { access: "registry:write" },
      schema: {
        tags,
        summary: "Change a tariff",
        description: "What is absent stays; it keeps its site.",
        params: Params,
        headers: EditHeaders,
        body: Body(Change),
        response: answers(200, Tariff),
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, await updateTariff(registry, editorFor(request), request.params.tariff, request.body)),
  );

  api.delete(
    "/api/v1/tariffs/:tariff",
    {
      config: { access: "registry:write" },
      schema: {
        tags,
        summary: "Delete a tariff",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteTariff(registry, editorFor(request), request.params.tariff);
      return reply.code(204).send();
    },
  );
}
