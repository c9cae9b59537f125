import { SluiceError } from "@sluice/core/errors.ts";
import { Type } from "typebox";
import { organizationOf, requesterFor } from "../access.ts";
import { applyConfiguration, exportConfiguration, MAX_UNASKED_DELETIONS } from "../configuration/configuration.ts";
import { ConfigurationBody, ConfigurationView, SECTION_NAMES } from "../configuration/configuration-document.ts";
import type { ConfigurationParts } from "../configuration/configuration-parts.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Thing } from "../schemas.ts";

/** Many devices with many properties. */
export const MAX_CONFIGURATION_BYTES = 32 * 1024 * 1024;
const PARTLY = 207;
const COST = 20;

const Count = Type.Integer({ minimum: 0 });
const Result = Type.Object({
  section: Type.Enum([...SECTION_NAMES]),
  name: Type.String(),
  action: Type.Enum(["create", "update", "delete"]),
  fields: Type.Optional(Type.Array(Type.String(), { description: "Of an update: what is otherwise." })),
  outcome: Type.Enum(["planned", "done", "failed", "withheld"], {
    description: "withheld: a deletion that was not done, because something failed.",
  }),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  token: Type.Optional(Type.String({ description: "Of a new device, shown this once." })),
  secret: Type.Optional(Type.String({ description: "Of a new webhook, shown this once." })),
});
const Outcome = Thing("ConfigurationOutcome", {
  ...{ created: Count, updated: Count, deleted: Count },
  kept: Type.Integer({ minimum: 0, description: "As they are said to be already." }),
  failed: Count,
  results: Type.Array(Result, { description: "One for each thing that is not kept, in the order of the work." }),
});

const Dry = Type.Optional(Type.Boolean({ default: false, description: "Say what would be done, and do nothing." }));
const Prune = Type.Optional(
  Type.Boolean({
    default: false,
    description:
      "In the sections of the document: what it does not name is deleted, and devices are deactivated. What comes with the organization stays, and so does everything when something could not be made or changed.",
  }),
);
const ExpectDeletions = Type.Optional(
  Type.Integer({
    minimum: 0,
    description: `With \`prune\`: a document that would delete more than this changes nothing and is answered with 409. ${MAX_UNASKED_DELETIONS} when absent.`,
  }),
);

/** Everything that an administrator sets up, as one document: to keep in a repository, to copy, to compare. */
export function configurationRoutes(api: Api, parts: ConfigurationParts): void {
  /** Organizations whose configuration is being applied. */
  const underWay = new Set<number>();

  api.get(
    "/api/v1/configuration",
    {
      config: { access: "configuration:manage", cost: COST },
      schema: {
        tags: ["registry"],
        summary: "The organization's configuration",
        description:
          "Profiles, sites, assets, devices, the limits of actuators, tariffs, rules, schedules, channels, routes and entities, by name and without numbers. Nothing secret: no tokens, and of webhooks no signing secrets.",
        response: answers(200, ConfigurationView),
      },
    },
    (request) => exportConfiguration(parts, organizationOf(request)),
  );

  api.put(
    "/api/v1/configuration",
    {
      config: { access: "configuration:manage", cost: COST },
      bodyLimit: MAX_CONFIGURATION_BYTES,
      schema: {
        tags: ["registry"],
        summary: "Make the organization as a configuration says",
        description:
          "A section that is absent is left as it is, and so is a field. Names lead to things of the document or to such as are there. A document with a mistake changes nothing and is answered with all of them; then each thing is made or changed by itself, section by section in the order above, and 207 says that some could not be. Put again, it does what was left undone. One at a time: while another is under way, 409.",
        querystring: Type.Object({ dryRun: Dry, prune: Prune, expectDeletions: ExpectDeletions }),
        body: ConfigurationBody,
        response: {
          ...answers(200, Outcome),
          [PARTLY]: Outcome,
        },
      },
    },
    async (request, reply) => {
      const { dryRun: isDryRun = false, prune = false, expectDeletions: expectedDeletions } = request.query;
      const options = { document: request.body, isDryRun, prune, expectedDeletions };
      const by = requesterFor(request);
      if (underWay.has(by.organizationId)) throw busy();
      underWay.add(by.organizationId);
      try {
        const outcome = await applyConfiguration(parts, by, options);
        return reply.code(outcome.failed === 0 ? 200 : PARTLY).send(outcome);
      } finally {
        underWay.delete(by.organizationId);
      }
    },
  );
}

function busy(): SluiceError {
  const message = "A configuration is being applied to the organization: put this one again when that has ended.";
  return new SluiceError("conflict", "configuration.under_way", message, { retryable: true });
}
