import type { Logger } from "pino";
import type { Actuation } from "./actuation.ts";
import {
  type DeviceEvidence,
  type Evidence,
  type RecordedEvidence,
  recordEvidence,
  recordTogether,
} from "./record-evidence.ts";
import { type Decide, RequestBatches } from "./request-batches.ts";

/** What devices say at the same time is recorded together. */
export class EvidenceBatches {
  private readonly batches: RequestBatches<DeviceEvidence, RecordedEvidence>;
  private readonly recording: Decide<DeviceEvidence, RecordedEvidence>;

  constructor(actuation: Actuation, logger: Logger) {
    this.batches = new RequestBatches((error) =>
      logger.warn({ err: error }, "evidence could not be recorded together"),
    );
    this.recording = recordingIn(actuation);
  }

  /** Rejects when it could not be stored, or when too much waits to be. */
  record(deviceId: number, evidence: Evidence): Promise<RecordedEvidence> {
    return this.batches.ask(deviceId, { deviceId, evidence }, this.recording);
  }
}

function recordingIn(actuation: Actuation): Decide<DeviceEvidence, RecordedEvidence> {
  const record = async ({ deviceId, evidence }: DeviceEvidence): Promise<() => RecordedEvidence> => {
    const [outcome] = await Promise.allSettled([recordEvidence(actuation, deviceId, evidence)]);
    return () => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    };
  };
  return {
    together: async (all) => (await recordTogether(actuation, all)).map((outcome) => outcome && (() => outcome)),
    alone: async (all) => {
      const recorded = [];
      for (const each of all) recorded.push(await record(each));
      return recorded;
    },
  };
}
