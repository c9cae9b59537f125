import { randomUUID } from "node:crypto";
import path from "node:path";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { FleetTokens, tokenFilePath } from "@sluice/simulator/fleet-tokens.ts";
import { findRecording, RECORDINGS, type Recording, recordingUid } from "@sluice/simulator/recordings.ts";
import { SluiceApi } from "@sluice/simulator/sluice-api.ts";
import { UsageError } from "../command.ts";
import { endpointsOf } from "../endpoints.ts";
import { nearest } from "../nearest.ts";
import type { Invocation } from "../parse-arguments.ts";
import { signInOf } from "../simulator-sign-in.ts";

/** A station of a public recording, registered with its source named. */
export interface RecordedStation {
  readonly file: string;
  readonly uid: string;
  /** Of an API client: a station's own token may be held to the rate of a real station. */
  readonly token: string;
  readonly recording: Recording;
}

/** `--recording KEY --from DIR`: registers its device unless it is there. */
export async function openRecordedStation(
  invocation: Invocation,
  key: string,
  folderOfEnvironment: string | undefined,
): Promise<RecordedStation> {
  const recording = recordingOf(key);
  const folder = invocation.text("from") ?? folderOfEnvironment;
  if (folder === undefined) {
    throw new UsageError("Where are the recordings? Give --from DIR, or set SLUICE_RECORDINGS.");
  }
  const { home } = readConfig();
  const { serverUrl } = endpointsOf(invocation);
  const api = new SluiceApi(serverUrl, systemClock);
  try {
    const tokens = new FleetTokens(
      tokenFilePath(path.join(home, "simulator"), serverUrl),
      api,
      signInOf(invocation, home),
    );
    const uid = invocation.text("device") ?? recordingUid(recording);
    const { profile, name, source, licence } = recording;
    await tokens.register([{ uid, profile, name, properties: { recording: key, source, licence } }]);
    const token = await tokens.ingestClient(`simulator ${randomUUID()}`);
    return { file: path.join(folder, recording.file), uid, token, recording };
  } finally {
    api.close();
  }
}

function recordingOf(key: string): Recording {
  const recording = findRecording(key);
  if (recording !== undefined) return recording;
  const like = nearest(
    key,
    RECORDINGS.map((known) => known.key),
  );
  throw new UsageError(
    `There is no recording "${key}".${like === undefined ? "" : ` Did you mean ${like}?`} "sluice replay --list" names all.`,
  );
}

/** A line each: key, profile, source, licence. */
export function recordingsTable(): string {
  return RECORDINGS.map(({ key, profile, source, licence }) => `${key}\t${profile}\t${source}\t${licence}\n`).join("");
}
