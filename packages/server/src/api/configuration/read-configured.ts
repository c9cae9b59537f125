import { SluiceError } from "@sluice/core/errors.ts";
import { type ActuatorView, findActuators } from "../../actuation/index.ts";
import { type Entity, listEntities } from "../../auth/index.ts";
import { listRules, listSchedules, type RuleView, type ScheduleView } from "../../automation/index.ts";
import {
  type ActuatorTemplate,
  type Asset,
  type Device,
  listActuatorTemplates,
  listAssets,
  listDevices,
  listMetrics,
  listProfiles,
  listRuleTemplates,
  listSites,
  listTariffs,
  type Metric,
  type Profile,
  type RuleTemplate,
  type Site,
  type Tariff,
} from "../../devices/index.ts";
import { type Channel, listChannels, listRoutes, type Route } from "../../notifications/index.ts";
import type { ConfigurationParts } from "./configuration-parts.ts";

/** Things of one kind; an organization with more is configured by its own means. */
export const MAX_CONFIGURED = 20_000;
const PAGE = 1_000;

export interface ProfileDetail extends Profile {
  readonly metrics: readonly Metric[];
  readonly actuators: readonly ActuatorTemplate[];
  readonly rules: readonly RuleTemplate[];
}

/** Everything of an organization that its configuration names. */
export interface Configured {
  readonly profiles: readonly ProfileDetail[];
  readonly sites: readonly Site[];
  /** Grows while they are made. */
  readonly assets: Asset[];
  readonly devices: readonly Device[];
  readonly actuators: readonly ActuatorView[];
  readonly tariffs: readonly Tariff[];
  readonly rules: readonly RuleView[];
  readonly schedules: readonly ScheduleView[];
  readonly channels: readonly Channel[];
  readonly routes: readonly Route[];
  readonly entities: readonly Entity[];
}

type ReadOf = (parts: ConfigurationParts, organizationId: number) => Promise<readonly unknown[]>;

const READS: { readonly [Kind in keyof Configured]: (...asked: Parameters<ReadOf>) => Promise<Configured[Kind]> } = {
  profiles: async ({ registry: { pool } }, organizationId) => {
    const profiles = await allOf((page) => listProfiles(pool, organizationId, page));
    return Promise.all(
      profiles.map(async (profile) => ({
        ...profile,
        metrics: await listMetrics(pool, profile.id),
        actuators: await listActuatorTemplates(pool, profile.id),
        rules: await listRuleTemplates(pool, profile.id),
      })),
    );
  },
  sites: ({ registry: { pool } }, id) => allOf((page) => listSites(pool, id, page)),
  assets: ({ registry: { pool } }, id) => allOf((page) => listAssets(pool, id, page)),
  devices: ({ registry: { pool } }, id) => allOf((page) => listDevices(pool, id, page)),
  actuators: ({ registry: { pool } }, id) => allOf((page) => findActuators(pool, id, page)),
  tariffs: ({ registry: { pool } }, id) => allOf((page) => listTariffs(pool, id, page)),
  rules: ({ registry: { pool } }, id) => allOf((page) => listRules(pool, id, page)),
  schedules: ({ scheduling }, id) => allOf((page) => listSchedules(scheduling, id, page)),
  channels: ({ registry: { pool } }, id) => allOf((page) => listChannels(pool, id, page)),
  routes: async ({ registry: { pool } }, id) => listRoutes(pool, id, { limit: MAX_CONFIGURED }),
  entities: ({ registry: { pool } }, id) => allOf((page) => listEntities(pool, id, page)),
};

export async function readConfigured(parts: ConfigurationParts, organizationId: number): Promise<Configured> {
  const read: Record<string, readonly unknown[]> = {};
  for (const [kind, readKind] of Object.entries(READS)) read[kind] = await readKind(parts, organizationId);
  return read as unknown as Configured;
}

async function allOf<Thing extends { readonly id: number }>(
  list: (page: { readonly afterId?: number; readonly limit: number }) => Promise<readonly Thing[]>,
): Promise<Thing[]> {
  const all: Thing[] = [];
  for (let last: Thing | undefined; ; last = all.at(-1)) {
    const page = await list({ ...(last === undefined ? {} : { afterId: last.id }), limit: PAGE });
    all.push(...page);
    if (all.length > MAX_CONFIGURED) {
      const message = `Of each kind at most ${MAX_CONFIGURED} things fit into a configuration: use the lists of each, and bulk import.`;
      throw new SluiceError("limit", "configuration.too_large", message, { details: { limit: MAX_CONFIGURED } });
    }
    if (page.length < PAGE) return all;
  }
}
