import { Type } from "typebox";
import type { Registry } from "../../devices/index.ts";
import { type Erasure, readErasure, readErasures, requestErasure } from "../../telemetry/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, Thing, Uid } from "../schemas.ts";

const ErasureView = Thing("Erasure", {
  id: Type.Integer(),
  device: Nullable(Type.String({ description: "Its uid; null: every device of the organization." })),
  reason: Type.String(),
  requestedBy: Type.String(),
  requestedAt: DateTime,
  state: Type.Enum(["requested", "running", "done"], {
    description: "`done`: no table, no file and no newest value holds any of it. Backups are not touched.",
  }),
  doneAt: Nullable(DateTime),
  partsRewritten: Type.Integer({ description: "Files of settled readings that were written anew, or are gone whole." }),
  messages: Type.Integer({ description: "That are gone; a message that was sent again may be counted with each." }),
  bytes: Type.Integer({ description: "By which the files of settled readings have become smaller." }),
  until: Type.Array(Type.Object({ partition: Type.Integer(), generation: Type.Integer() }), {
    description: "Readings up to the end of these generations go: those that were open when it was asked for.",
  }),
});

const WantedErasure = Body(
  {
    device: Type.Optional(Uid),
    organization: Type.Optional(
      Type.Literal(true, { description: "Every device of the organization, instead of one." }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 1000, description: "For the receipt and the audit." }),
  },
  "Either `device` or `organization`.",
);

const Params = Type.Object({ erasure: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export interface ErasureRoutesDependencies {
  readonly registry: Registry;
}

export function erasureRoutes(api: Api, { registry }: ErasureRoutesDependencies): void {
  api.post(
    "/api/v1/erasures",
    {
      config: { access: "telemetry:erase" },
      schema: {
        tags: ["telemetry"],
        summary: "Have the readings of a device, or of the whole organization, erased for good",
        description:
          "Takes all that was sent so far, and what comes until the generation that is open now is closed; what comes later is kept. " +
          "It takes as long as the slowest query may, a quarter of an hour at least, and waits for readings of any device to close the " +
          "generation. Refused under a legal hold.",
        body: WantedErasure,
        response: answers(202, ErasureView),
      },
    },
    async (request, reply) => {
      const wanted = await requestErasure(registry, requesterFor(request), request.body);
      return reply.code(202).send(viewOf(wanted));
    },
  );

  api.get(
    "/api/v1/erasures",
    {
      config: { access: "telemetry:erase" },
      schema: {
        tags: ["telemetry"],
        summary: "What was to be erased, and what became of it, newest first",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(ErasureView)),
      },
    },
    async (request, reply) => {
      const before = cursorNumber(request.query);
      const found = await readErasures(registry, organizationOf(request), before, fetchLimit(request.query));
      return sendPage(request, reply, found, ({ id }) => id).map(viewOf);
    },
  );

  api.get(
    "/api/v1/erasures/:erasure",
    {
      config: { access: "telemetry:erase" },
      schema: {
        tags: ["telemetry"],
        summary: "The receipt of an erasure",
        params: Params,
        response: answers(200, ErasureView),
      },
    },
    async (request) => viewOf(await readErasure(registry, organizationOf(request), request.params.erasure)),
  );
}

function viewOf(erasure: Erasure) {
  return { ...erasure, until: [...erasure.until] };
}
