import {
  assertChannelDraft,
  type ChannelKind,
  createChannel,
  createRoute,
  deleteChannel,
  deleteRoute,
  disableChannel,
  enableChannel,
  isSignedBy,
  rotateChannelSecret,
  updateChannel,
  updateRoute,
} from "../../notifications/index.ts";
import { ChannelBody, configurationOf } from "../rest/channels.ts";
import { RouteBody } from "../rest/notification-routes.ts";
import type { ConfiguredKind, Existing, Item } from "./configured-kind.ts";
import { idByName, type PartName, ruleIdOf, ruleNameOf, siteIdOf, textOf } from "./names.ts";
import type { Configured } from "./read-configured.ts";

type Address = Parameters<typeof configurationOf>[1];

/**
 * What signs a webhook is never shown. A new channel is given the document's, or one of its own; one that is there takes the
 * document's as a rotation.
 */
export const channels: ConfiguredKind = {
  nameOf: ({ name }) => textOf(name),
  existing: ({ channels: all }) =>
    all.map(({ id, name, configuration: { kind, ...configuration }, limits, isEnabled }) => ({
      item: { name, kind, configuration, limits, isEnabled },
      id,
    })),
  async compared(existing, items, { parts: { notifications }, by }) {
    const secrets = new Map(items.map(({ name, secret }) => [name, secret as string | undefined]));
    const found: Existing[] = [];
    for (const there of existing) {
      const secret = secrets.get(there.item.name);
      const isSame =
        secret !== undefined && (await isSignedBy(notifications, by.organizationId, Number(there.id), secret));
      found.push(isSame ? { ...there, item: { ...there.item, secret } } : there);
    }
    return found;
  },
  body: ChannelBody,
  bodyOf: ({ isEnabled: _isEnabled, ...item }) => item,
  check(body, { notifications }) {
    const { name, kind, configuration, limits, secret } = body as ChannelDraft;
    assertChannelDraft(notifications, { name, configuration: configurationOf(kind, configuration), limits, secret });
  },
  async create({ parts: { notifications }, by }, item) {
    const { name, kind, configuration, limits, secret } = item as unknown as ChannelDraft;
    const draft = { name, configuration: configurationOf(kind, configuration), limits, secret };
    const made = await createChannel(notifications, by, draft);
    if (item.isEnabled === false) await disableChannel(notifications, by, made.channel.id);
    return secret === undefined && made.secret !== undefined ? { secret: made.secret } : undefined;
  },
  async update({ parts: { notifications }, by }, id, item, changed) {
    const { kind, configuration, limits, secret } = item as unknown as ChannelDraft;
    if (changed.has("configuration") || changed.has("limits") || changed.has("kind")) {
      await updateChannel(notifications, by, Number(id), {
        configuration: configurationOf(kind, configuration),
        limits,
      });
    }
    if (changed.has("secret")) await rotateChannelSecret(notifications, by, Number(id), secret);
    if (!changed.has("isEnabled")) return;
    if (item.isEnabled === true) await enableChannel(notifications, by, Number(id));
    else await disableChannel(notifications, by, Number(id));
  },
  remove: ({ parts: { notifications }, by }, id) => deleteChannel(notifications, by, Number(id)),
};

interface ChannelDraft {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly configuration: Address;
  readonly limits?: { readonly sendsPerMinute?: number; readonly burst?: number };
  readonly secret?: string;
}

interface NamedMatch {
  readonly sites?: readonly string[] | null;
  readonly rules?: readonly PartName[] | null;
}

interface NamedStep {
  readonly channels: readonly string[];
}

export const routes: ConfiguredKind = {
  nameOf: ({ name }) => textOf(name),
  existing: (configured) =>
    configured.routes.map(({ id, organizationId: _organization, createdAt: _at, match, escalation, ...route }) => ({
      item: {
        ...route,
        match: {
          ...match,
          sites: match.sites?.map((site) => configured.sites.find((known) => known.id === site)!.slug) ?? null,
          rules: match.rules?.map((rule) => ruleNameOf(configured, rule)) ?? null,
        },
        channels: channelNames(configured, route.channels),
        escalation: escalation.map((step) => ({ ...step, channels: channelNames(configured, step.channels) })),
      },
      id,
    })),
  body: RouteBody,
  bodyOf(item, configured) {
    const {
      match,
      channels: told,
      escalation,
      ...content
    } = item as {
      readonly match?: NamedMatch;
      readonly channels: readonly string[];
      readonly escalation?: readonly NamedStep[];
    };
    const numbers = (names: readonly string[]) => names.map((name) => idByName(configured.channels, "channel", name));
    return {
      ...content,
      channels: numbers(told),
      ...(match === undefined ? {} : { match: numberedMatch(configured, match) }),
      ...(escalation === undefined
        ? {}
        : { escalation: escalation.map((step) => ({ ...step, channels: numbers(step.channels) })) }),
    };
  },
  async create({ parts: { notifications }, by, configured }, item) {
    await createRoute(notifications, by, this.bodyOf(item, configured) as Parameters<typeof createRoute>[2]);
    return undefined;
  },
  async update({ parts: { notifications }, by, configured }, id, item, changed) {
    const body = Object.entries(this.bodyOf(item, configured) as Item).filter(([field]) => changed.has(field));
    await updateRoute(notifications, by, Number(id), Object.fromEntries(body));
  },
  remove: ({ parts: { notifications }, by }, id) => deleteRoute(notifications, by, Number(id)),
};

function numberedMatch(configured: Configured, { sites, rules, ...match }: NamedMatch): object {
  return {
    ...match,
    ...(sites === undefined ? {} : { sites: sites?.map((slug) => siteIdOf(configured, slug)) ?? null }),
    ...(rules === undefined ? {} : { rules: rules?.map((rule) => ruleIdOf(configured, rule)) ?? null }),
  };
}

function channelNames({ channels: all }: Configured, ids: readonly number[]): string[] {
  return ids.map((id) => all.find((channel) => channel.id === id)!.name);
}
