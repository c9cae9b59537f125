import type { PlannedPart } from "./plan-upgrade.ts";
import { readPlan } from "./read-plan.ts";
import { listInstallations } from "./solution-store.ts";
import type { Solutions } from "./solutions.ts";

export interface SolutionView {
  readonly key: string;
  readonly name: string;
  readonly summary: string;
  /** That this program has. */
  readonly version: number;
  readonly isStandard: boolean;
  /** Null: it is not installed. */
  readonly installedVersion: number | null;
  readonly installedAt: Date | null;
  readonly story: { readonly title: string; readonly steps: readonly string[] };
  readonly formulas: readonly { readonly name: string; readonly summary: string; readonly source: string }[];
  /** What installing would do, or leave because a person has changed it; without what is as the version has it. */
  readonly changes: readonly Pick<PlannedPart, "kind" | "profile" | "key" | "outcome">[];
}

/** All that there are, and how the organization stands to each. */
export async function listSolutions({ pool, available }: Solutions, organizationId: number): Promise<SolutionView[]> {
  const installations = new Map((await listInstallations(pool, organizationId)).map((one) => [one.solution, one]));
  const views: SolutionView[] = [];
  for (const solution of available) {
    const { key, name, summary, version, isStandard, story, formulas } = solution;
    const installation = installations.get(key);
    const isInstalled = installation !== undefined && installation.removedAt === null;
    const { parts } = await readPlan(pool, organizationId, solution);
    views.push({
      ...{ key, name, summary, version, isStandard, story },
      installedVersion: isInstalled ? installation.version : null,
      installedAt: isInstalled ? installation.installedAt : null,
      formulas: formulas.map(({ evaluate: _, ...formula }) => formula),
      changes: parts
        .filter(({ outcome }) => outcome !== "unchanged")
        .map(({ kind, profile, key: part, outcome }) => ({ kind, profile, key: part, outcome })),
    });
  }
  return views;
}
