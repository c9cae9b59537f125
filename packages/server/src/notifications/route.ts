import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { ChannelKind } from "./channel.ts";
import type { NoticeEvent } from "./notice.ts";
import type { QuietHours } from "./quiet-hours.ts";

export const GROUPINGS = ["site", "rule", "alert", "all"] as const;
/** What is told together when it has to wait, and keeps its order among itself. */
export type Grouping = (typeof GROUPINGS)[number];

export interface RouteMatch {
  readonly minSeverity: AlertSeverity;
  /** Null: of all sites, and those without one. */
  readonly sites: readonly number[] | null;
  readonly rules: readonly number[] | null;
  readonly events: readonly NoticeEvent[];
}

/** Whom to tell if nobody has acknowledged by then. */
export interface EscalationStep {
  readonly afterMinutes: number;
  readonly channels: readonly number[];
}

export interface RouteTemplate {
  /** Of a mail, and the title of a webhook. */
  readonly subject?: string | undefined;
  readonly body?: string | undefined;
}
export type RouteTemplates = Readonly<Partial<Record<ChannelKind, RouteTemplate>>>;

/** What of all that happens is told to whom. Routes are tried in order; the first that matches takes a notice. */
export interface Route {
  readonly id: number;
  readonly organizationId: number;
  readonly name: string;
  readonly position: number;
  readonly isEnabled: boolean;
  readonly match: RouteMatch;
  readonly channels: readonly number[];
  readonly escalation: readonly EscalationStep[];
  /** The routes after it are tried as well. */
  readonly continues: boolean;
  readonly quietHours: QuietHours | null;
  readonly groupBy: Grouping;
  /** How long what is not critical waits for more of its group, to be told at once. */
  readonly groupWindowMs: number;
  readonly templates: RouteTemplates;
  readonly createdAt: Date;
}

export const MAX_ROUTES = 200;
export const MAX_ROUTE_CHANNELS = 20;
export const MAX_ESCALATION_STEPS = 10;
export const MAX_ESCALATION_MINUTES = 7 * 24 * 60;
export const MAX_MATCHED_IDS = 500;
export const MAX_GROUP_WINDOW_MS = 3_600_000;
export const MAX_POSITION = 1_000_000;
