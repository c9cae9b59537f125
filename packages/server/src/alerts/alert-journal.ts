import type { AlertEvent, AlertStep } from "@sluice/core/alerts/alert.ts";
import type { PoolClient } from "pg";
import type { Notice, NoticeEvent } from "../notifications/index.ts";
import { allEnded } from "../platform/all-ended.ts";
import { notifyLive } from "../platform/live-notice.ts";
import { type AlertRecord, type Occasion, recordAfter } from "./alert-record.ts";
import { type AlertEventRow, deletePending, insertAlertEvents, saveAlerts } from "./alert-store.ts";
import type { AlertEffects } from "./alerts.ts";

/**
 * What one transaction does to alerts, gathered and then written in as few statements as there are tables: the rows, their
 * trail, what channels are to tell, and what live streams are to show.
 */
export class AlertJournal {
  /** By id, as they are after the steps so far; in the order in which they were first touched. */
  private readonly changed = new Map<string, AlertRecord>();
  /** Of those, the ones that no table has yet. */
  private readonly opened = new Set<string>();
  private readonly vanished = new Map<string, AlertRecord>();
  private readonly events: AlertEventRow[] = [];
  private readonly notices: Notice[] = [];
  private readonly effects: AlertEffects;

  constructor(effects: AlertEffects) {
    this.effects = effects;
  }

  /** Begins an alert with its first step. */
  open(draft: Omit<AlertRecord, "state">, step: AlertStep, occasion: Occasion): AlertRecord {
    this.opened.add(draft.id);
    // In whole milliseconds, so that a cursor of the list can name the place exactly.
    const openedMicros = Math.floor(draft.openedMicros / 1000) * 1000;
    return this.keep({ ...draft, openedMicros, state: step.after! }, step, occasion);
  }

  /** Takes a step of an alert, and answers the alert after it; undefined when it has vanished. */
  take(before: AlertRecord, step: AlertStep, occasion: Occasion): AlertRecord | undefined {
    if (step.after === before.state && step.event === undefined) return before;
    if (step.event === "commented") {
      this.record(step.event, step.isTold, before, occasion);
      return before;
    }
    if (step.after !== undefined) return this.keep(before, step, occasion);
    this.changed.delete(before.id);
    if (!this.opened.delete(before.id)) this.vanished.set(before.id, before);
    return undefined;
  }

  async save(client: PoolClient): Promise<void> {
    const touched = [...this.changed.values(), ...this.vanished.values()];
    // In this order, and without waiting for one another's answers.
    await allEnded([
      deletePending(client, [...this.vanished.keys()]),
      saveAlerts(client, [...this.changed.values()]),
      insertAlertEvents(client, this.events),
      notifyLive(
        client,
        touched.map(({ organizationId, id }) => ({ organizationId, kind: "alert", id })),
      ),
      this.notices.length === 0 ? Promise.resolve() : this.effects.enqueueNotices(client, this.notices),
    ]);
  }

  private keep(before: AlertRecord, step: AlertStep, occasion: Occasion): AlertRecord {
    const after = recordAfter(before, step, occasion);
    this.changed.set(before.id, after);
    if (step.event !== undefined) this.record(step.event, step.isTold, after, occasion);
    return after;
  }

  private record(what: AlertEvent, isTold: boolean, alert: AlertRecord, occasion: Occasion): void {
    const { nowMicros, who, comment, details } = occasion;
    const { phase, isOpen } = alert.state;
    this.events.push({
      alertId: alert.id,
      atMicros: nowMicros,
      what,
      state: phase,
      isOpen,
      who,
      comment: comment ?? null,
      details: details ?? null,
    });
    if (isTold && isNoticed(what)) this.notices.push(this.noticeOf(what, alert, occasion));
  }

  private noticeOf(event: NoticeEvent, alert: AlertRecord, { nowMicros, who, comment }: Occasion): Notice {
    const { state, group, isFirstOut, value, readingMicros } = alert;
    return {
      id: this.effects.newId(),
      organizationId: alert.organizationId,
      alertId: alert.id,
      event,
      severity: alert.severity,
      siteId: alert.siteId,
      ruleId: alert.ruleId,
      deviceId: alert.deviceId,
      title: alert.title,
      message: alert.message,
      occurredAtMicros: nowMicros,
      data: {
        state: state.phase,
        open: state.isOpen,
        occurrences: state.occurrences,
        value,
        readingMicros,
        group,
        firstOut: isFirstOut,
        who,
        ...(comment === undefined ? {} : { comment }),
      },
    };
  }
}

function isNoticed(event: AlertEvent): event is AlertEvent & NoticeEvent {
  return event !== "shelved" && event !== "commented";
}
