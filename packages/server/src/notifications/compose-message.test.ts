import { expect, test } from "vitest";
import type { MessageEntry } from "./channel.ts";
import { composeMessage } from "./compose-message.ts";

function entry(fields: Partial<MessageEntry> = {}): MessageEntry {
  return {
    noticeId: "n",
    alertId: "a",
    event: "fired",
    severity: "major",
    siteId: 3,
    ruleId: 7,
    deviceId: 9,
    title: "Oxygen is low in pond 3",
    message: "3.1 mg/l, below 4",
    occurredAtMicros: Date.parse("2026-05-01T03:12:00Z") * 1000,
    data: { value: 3.0625 },
    ...fields,
  };
}

const draft = { id: "m", isDigest: false, template: undefined, siteNames: new Map([[3, "North farm"]]) };

test("without a template it says what, how bad, where and since when", () => {
  const { subject, text } = composeMessage({ ...draft, notices: [entry()] });
  expect(subject).toBe("[MAJOR] Oxygen is low in pond 3");
  expect(text).toBe("3.1 mg/l, below 4\n\nSeverity: major\nSite: North farm\nSince: 2026-05-01T03:12:00Z");
  expect(composeMessage({ ...draft, notices: [entry({ event: "resolved" })] }).subject).toBe(
    "[MAJOR] Resolved: Oxygen is low in pond 3",
  );
});

test("a template has its say where it says something", () => {
  const template = { body: "{site}: {title}, {data.value:1} mg/l" };
  const message = composeMessage({ ...draft, template, notices: [entry()] });
  expect(message).toMatchObject({
    subject: "[MAJOR] Oxygen is low in pond 3",
    text: "North farm: Oxygen is low in pond 3, 3.1 mg/l",
    note: undefined,
  });
});

test("a template that throws gives way to the plain text, as a whole, and the note says why", () => {
  const template = { subject: "{title}!", body: "{data.threshold:1}" };
  const message = composeMessage({ ...draft, template, notices: [entry()] });
  const plain = composeMessage({ ...draft, notices: [entry()] });
  expect(message).toMatchObject({ subject: plain.subject, text: plain.text });
  expect(message.note).toBe(
    "The template could not be used, so the plain text was sent: data.threshold is no number in this notice.",
  );
});

test("a digest tells the newest state of each alert, and how many notices it stands for", () => {
  const notices = [
    entry({ alertId: "a", noticeId: "1" }),
    entry({ alertId: "b", noticeId: "2", severity: "critical", title: "Pump dry" }),
    entry({ alertId: "a", noticeId: "3", event: "resolved" }),
  ];
  const message = composeMessage({ ...draft, isDigest: true, notices });
  expect(message.subject).toBe("[CRITICAL] 2 alerts, 3 notices");
  expect(message.entries.map(({ noticeId }) => noticeId)).toEqual(["3", "2"]);
  expect(message.text.split("\n").slice(2)).toEqual([
    "2026-05-01T03:12:00Z  [MAJOR] Resolved: Oxygen is low in pond 3",
    "2026-05-01T03:12:00Z  [CRITICAL] Pump dry",
  ]);
});

test("a subject is one line, whatever a title or a template says", () => {
  const notices = [entry({ title: "Low\r\nBcc: all@example.org\u2028x" })];
  expect(composeMessage({ ...draft, notices }).subject).toBe("[MAJOR] Low Bcc: all@example.org x");
  const template = { subject: "{title}\r\nX-Evil: 1" };
  expect(composeMessage({ ...draft, template, notices }).subject).not.toMatch(/[\r\n]/);
});
