import type { ReadingRow } from "./reading-rows.ts";

const MESSAGES_PER_REQUEST = 2_000;
const CHARACTERS_PER_REQUEST = 4_000_000;
const MICROS_PER_MS = 1_000;

/** Readings of one request, as JSON, and how many rows of the file have been taken once they are stored. */
export interface ImportRequest {
  readonly body: string;
  readonly messages: number;
  readonly rowsSoFar: number;
}

/** Rows that follow one another and are of one device and time become one message, as which they were sent once. */
export async function* requestsOf(rows: AsyncIterable<ReadingRow>): AsyncGenerator<ImportRequest> {
  let messages: string[] = [];
  let characters = 0;
  let rowsSoFar = 0;
  let open: { readonly head: string; readonly members: string[] } | undefined;
  const close = () => {
    if (open === undefined) return;
    const message = `{${[open.head, ...open.members].join(",")}}`;
    messages.push(message);
    characters += message.length;
    open = undefined;
  };
  for await (const row of rows) {
    const head = `"sensor_id":${JSON.stringify(row.device)},"timestamp":"${timeText(row.timeMicros)}"`;
    if (open?.head !== head) {
      close();
      if (messages.length >= MESSAGES_PER_REQUEST || characters >= CHARACTERS_PER_REQUEST) {
        yield { body: `[${messages.join(",")}]`, messages: messages.length, rowsSoFar };
        messages = [];
        characters = 0;
      }
      open = { head, members: [] };
    }
    rowsSoFar++;
    // How a payload once nested is not told by its values: what comes back is flat.
    if (!row.metric.startsWith("$")) open!.members.push(`${JSON.stringify(row.metric)}:${valueText(row)}`);
  }
  close();
  if (messages.length > 0) yield { body: `[${messages.join(",")}]`, messages: messages.length, rowsSoFar };
}

/** Every bit of a number, −0 too; a word that is no JSON is a text. */
function valueText({ value, text }: ReadingRow): string {
  if (value !== undefined) return Object.is(value, -0) ? "-0" : String(value);
  try {
    return JSON.stringify(JSON.parse(text!));
  } catch {
    return JSON.stringify(text);
  }
}

/** RFC 3339 with microseconds. */
function timeText(micros: number): string {
  const ms = Math.floor(micros / MICROS_PER_MS);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros - ms * MICROS_PER_MS).padStart(3, "0")}Z`;
}
