import { Type } from "typebox";
import {
  installSolution,
  listSolutions,
  OUTCOMES,
  REASONS_TO_STAY,
  removeSolution,
  type Solutions,
} from "../../solutions/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Name, Nullable, Slug, Thing } from "../schemas.ts";

const Version = Type.Integer({ minimum: 1 });
const Outcome = Type.Enum([...OUTCOMES], {
  description:
    "`kept`: a person has changed it, and it stays. `deleted`: a person has deleted it, and it stays so. `withdrawn`: the version has it no more. `left`: the version has it no more, but it cannot go.",
});

const Part = {
  kind: Type.Enum(["profile", "metric", "actuator", "rule", "schedule"]),
  profile: Slug,
  key: Type.String({ description: "Of the part; empty for the profile itself." }),
  outcome: Outcome,
};

const SolutionAnswer = Thing("Solution", {
  key: Slug,
  name: Name,
  summary: Type.String(),
  version: Version,
  isStandard: Type.Boolean({ description: "Comes with every new organization." }),
  installedVersion: Nullable(Version),
  installedAt: Nullable(DateTime),
  story: Type.Object({ title: Type.String(), steps: Type.Array(Type.String()) }),
  formulas: Type.Array(Type.Object({ name: Type.String(), summary: Type.String(), source: Type.String() })),
  changes: Type.Array(Type.Object(Part), { description: "What installing it would do now." }),
});

const Installed = Thing("InstalledSolution", {
  solution: Slug,
  version: Version,
  versionBefore: Nullable(Version),
  changes: Type.Array(
    Type.Object({
      ...Part,
      devices: Type.Optional(
        Type.Object({
          changed: Type.Integer({ description: "Devices that have the new one." }),
          kept: Type.Integer({ description: "Devices whose own a person had changed." }),
        }),
      ),
    }),
  ),
});

const Removed = Thing("RemovedSolution", {
  solution: Slug,
  removed: Type.Array(Slug, { description: "Keys of profiles." }),
  stays: Type.Array(Type.Object({ profile: Slug, reason: Type.Enum([...REASONS_TO_STAY]) })),
});

const Params = Type.Object({ solution: Type.String({ maxLength: 63, description: "Its key." }) });

export interface SolutionRoutesDependencies {
  readonly solutions: Solutions;
}

export function solutionRoutes(api: Api, { solutions }: SolutionRoutesDependencies): void {
  api.get(
    "/api/v1/solutions",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "List the solutions that there are, with what installing each would change",
        response: answers(200, Type.Array(SolutionAnswer)),
      },
    },
    (request) => listSolutions(solutions, organizationOf(request)),
  );

  api.post(
    "/api/v1/solutions/:solution/install",
    {
      config: { access: "configuration:manage" },
      schema: {
        tags: ["registry"],
        summary: "Install a solution, or upgrade it",
        description:
          "All or nothing; again, it changes nothing. What people have changed or deleted stays so, and the answer says it. Devices get another version of a rule or of limits that nobody has changed.",
        params: Params,
        response: answers(200, Installed),
      },
    },
    (request) => installSolution(solutions, requesterFor(request), request.params.solution),
  );

  api.delete(
    "/api/v1/solutions/:solution",
    {
      config: { access: "configuration:manage" },
      schema: {
        tags: ["registry"],
        summary: "Remove what of a solution is untouched and unused",
        description: "Devices and their readings, rules and limits stay; the answer says which profiles do, and why.",
        params: Params,
        response: answers(200, Removed),
      },
    },
    (request) => removeSolution(solutions, requesterFor(request), request.params.solution),
  );
}
