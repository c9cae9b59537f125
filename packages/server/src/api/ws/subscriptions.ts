import { SluiceError } from "@sluice/core/errors.ts";
import { mayDo, type Permission, type Principal } from "../../auth/index.ts";
import { LIVE_KINDS, type LiveKind } from "../../platform/live-notice.ts";
import type { LiveItem } from "./organization-feed.ts";
import { permissionsFor, type Subscription, wants, wantsKind } from "./subscription.ts";

export const MAX_SUBSCRIPTIONS = 32;
export const DEFAULT_SUBSCRIPTION = "default";

/** What one connection has subscribed to, by name; it is sent what any of them wants, once. */
export class Subscriptions {
  private readonly byName = new Map<string, Subscription>();

  set(name: string, subscription: Subscription): void {
    if (!this.byName.has(name) && this.byName.size >= MAX_SUBSCRIPTIONS) {
      throw new SluiceError(
        "invalid",
        "stream.too_many_subscriptions",
        `A connection may have ${MAX_SUBSCRIPTIONS} subscriptions: end one, or replace it under its id.`,
        { details: { limit: MAX_SUBSCRIPTIONS } },
      );
    }
    this.byName.set(name, subscription);
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  wantsKind(kind: LiveKind): boolean {
    for (const subscription of this.byName.values()) if (wantsKind(subscription, kind)) return true;
    return false;
  }

  get wantsAnyKind(): boolean {
    return LIVE_KINDS.some((kind) => this.wantsKind(kind));
  }

  get wantsReadings(): boolean {
    return [...this.byName.values()].some(({ readings }) => readings !== undefined);
  }

  wants(kind: LiveKind, item: LiveItem): boolean {
    for (const subscription of this.byName.values()) if (wants(subscription, kind, item)) return true;
    return false;
  }

  readings(): NonNullable<Subscription["readings"]>[] {
    return [...this.byName.values()].flatMap(({ readings }) => readings ?? []);
  }

  /** The first permission that is missing for what is subscribed to. */
  missingFor(principal: Principal): Permission | undefined {
    return [...this.byName.values()].flatMap(permissionsFor).find((permission) => !mayDo(principal, permission));
  }
}
