import { systemClock } from "@sluice/simulator/clock.ts";
import { openSender, type Via } from "@sluice/simulator/senders/open-sender.ts";
import type { ReadingSender } from "@sluice/simulator/senders/reading-sender.ts";
import { type Command, type Io, UsageError } from "../command.ts";
import { ENDPOINT_OPTIONS, endpointsOf } from "../endpoints.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { startProgress } from "../progress.ts";
import { CsvFile } from "../replay/csv-rows.ts";
import { openRecordedStation, recordingsTable } from "../replay/recorded-station.ts";
import { type ReplaySettings, type ReplayTally, replayRecording } from "../replay/replay-recording.ts";
import { parseSpeed } from "../replay/speed.ts";
import { SIGN_IN_OPTIONS } from "../simulator-sign-in.ts";

const VIAS: readonly [Via, ...Via[]] = ["mqtt", "http", "line"];
/** An API client speaks for a known recording, and has no MQTT. */
const CLIENT_VIAS: readonly [Via, ...Via[]] = ["line", "http"];

export const command: Command = {
  summary: "send a recording (CSV) as if a device were saying it now",
  positionals: [{ name: "FILE.csv[.gz]", isRequired: false }],
  options: {
    device: { kind: "text", value: "UID", help: "the device that the recording is of" },
    token: { kind: "text", value: "TOKEN", help: "the device's token" },
    recording: {
      kind: "text",
      value: "NAME",
      help: "in place of FILE: a known public recording, as a station of its own",
    },
    from: { kind: "text", value: "DIR", help: "where the known recordings are (SLUICE_RECORDINGS)" },
    list: { kind: "flag", help: "name the known recordings with their sources, and do nothing else" },
    time: { kind: "text", value: "COLUMN", help: "the column with the time (timestamp)" },
    columns: { kind: "text", value: "A,B", help: "only these columns (all)" },
    speed: { kind: "text", value: "60x|max", help: "how much faster than it was recorded (max)" },
    via: { kind: "text", value: VIAS.join("|"), help: "the protocol (mqtt; of a known recording line)" },
    ...ENDPOINT_OPTIONS,
    ...SIGN_IN_OPTIONS,
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: [
    "sluice replay station.csv.gz --device station-1 --token TOKEN --time timestamp --speed max",
    "sluice replay pump.csv --device pump-1 --token TOKEN --speed 60x --via line --columns flow,pressure",
    "sluice replay --recording estuary-water/apacpwq --from recordings --email admin@example.org --password …",
  ],
  run: replay,
};

async function replay(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.flag("list")) {
    io.out.write(recordingsTable());
    return EXIT_DONE;
  }
  const { file, settings, sender } = await open(invocation);
  const interruption = io.interruption();
  const progress = startProgress(file.bytes, io.err, systemClock.monotonicMs);
  const showProgress = () => {
    const { sent, acknowledged } = sender.counters;
    progress.update(file.bytesRead, `${sent} sent, ${acknowledged} acknowledged`);
  };
  const startMs = systemClock.monotonicMs();
  let outcome: ReplayTally | { readonly error: unknown };
  try {
    await sender.start();
    outcome = await replayRecording(file, settings, sender, systemClock, interruption, showProgress);
  } catch (error) {
    outcome = { error };
  }
  showProgress();
  progress.stop();
  await sender.stop();
  const seconds = (systemClock.monotonicMs() - startMs) / 1000;
  const emptyRows = "emptyRows" in outcome ? outcome.emptyRows : 0;
  report(sender.counters, { emptyRows, seconds, wasInterrupted: interruption.aborted }, invocation.flag("json"), io);
  if ("error" in outcome) throw outcome.error;
  return isComplete(sender) && !interruption.aborted ? EXIT_DONE : EXIT_FAILED;
}

interface Replay {
  readonly file: CsvFile;
  readonly settings: ReplaySettings;
  readonly sender: ReadingSender;
}

async function open(invocation: Invocation): Promise<Replay> {
  const settings = settingsOf(invocation);
  const endpoints = endpointsOf(invocation);
  const key = invocation.text("recording");
  const filePath = invocation.positional(0);
  if (key === undefined) {
    if (filePath === undefined) throw new UsageError("Give a FILE.csv[.gz], or --recording NAME.");
    const [uid, token] = [invocation.requiredText("device"), invocation.requiredText("token")];
    const sender = openSender(invocation.choice("via", VIAS), endpoints, uid, token, systemClock);
    return { file: new CsvFile(filePath), settings, sender };
  }
  if (filePath !== undefined) throw new UsageError("A FILE and --recording exclude each other.");
  const via = invocation.choice("via", CLIENT_VIAS);
  const station = await openRecordedStation(invocation, key, process.env.SLUICE_RECORDINGS);
  const meanings = station.recording.columns;
  const columns = settings.columns ?? (meanings === undefined ? undefined : Object.keys(meanings));
  const sender = openSender(via, endpoints, station.uid, station.token, systemClock);
  return { file: new CsvFile(station.file), settings: { ...settings, columns, meanings }, sender };
}

function settingsOf(invocation: Invocation): ReplaySettings {
  return {
    timeColumn: invocation.text("time") ?? "timestamp",
    columns: invocation.text("columns")?.split(","),
    speedFactor: parseSpeed(invocation.text("speed") ?? "max"),
  };
}

function isComplete({ counters }: ReadingSender): boolean {
  return counters.acknowledged === counters.sent;
}

interface Circumstances {
  readonly emptyRows: number;
  readonly seconds: number;
  readonly wasInterrupted: boolean;
}

/** The last line on stdout is the result, in words or as one JSON object. */
function report(counters: ReadingSender["counters"], circumstances: Circumstances, isJson: boolean, io: Io): void {
  const { sent, acknowledged, refused, firstRefusal } = counters;
  const { emptyRows, seconds, wasInterrupted } = circumstances;
  if (isJson) {
    io.out.write(
      `${JSON.stringify({ sent, acknowledged, refused, firstRefusal, emptyRows, seconds, wasInterrupted })}\n`,
    );
    return;
  }
  if (emptyRows > 0) io.err.write(`${emptyRows} rows had no value at all: nothing to send for them.\n`);
  if (refused > 0) io.err.write(`${refused} rows were refused, the first one: ${firstRefusal}\n`);
  if (wasInterrupted) io.err.write("Interrupted before the end of the file.\n");
  io.out.write(`${sent} rows sent, ${acknowledged} acknowledged\n`);
}
