import { Type } from "typebox";
import type { RuleView } from "../../automation/index.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import { organizationOf, readers } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, SerialId, Uid } from "../schemas.ts";

const Rule = Type.Object(
  {
    id: SerialId,
    device: Uid,
    key: Type.String(),
    name: Type.String(),
    kind: Type.String({ description: "threshold" }),
    definition: Type.Unknown({ description: "Its condition." }),
    action: Nullable(Type.Unknown({ description: "What it does when it fires." })),
    priority: Type.String(),
    enabled: Type.Boolean(),
    createdAt: DateTime,
    standing: Nullable(Type.Unknown({ description: "Whether it fires now; null before it ever did." })),
  },
  { additionalProperties: true },
);

export interface RuleFilter {
  /** Uid. */
  readonly device: string | undefined;
  readonly afterId: number | undefined;
  readonly limit: number;
}

/** In the order of their ids. */
export type ListRules = (organizationId: number, filter: RuleFilter) => Promise<readonly RuleView[]>;

export interface RuleRoutesDependencies {
  readonly directory: DeviceDirectory;
  readonly listRules: ListRules;
}

export function ruleRoutes(api: Api, { directory, listRules }: RuleRoutesDependencies): void {
  api.get(
    "/api/v1/rules",
    {
      config: { access: readers },
      schema: {
        tags: ["automation"],
        summary: "List rules",
        querystring: Type.Object({ ...PageQuery, device: Type.Optional(Uid) }),
        response: answers(200, Type.Array(Rule)),
      },
    },
    async (request, reply) => {
      const organizationId = organizationOf(request);
      const { device } = request.query;
      if (device !== undefined) await findDeviceEntry(directory, organizationId, device);
      const rules = await listRules(organizationId, {
        device,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, rules, ({ id }) => id);
    },
  );
}
