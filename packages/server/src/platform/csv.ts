/** Nothing for null; anything but text, numbers and times as JSON. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  const text = typeof value === "string" ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What people wrote, for spreadsheets: a text that one would take for a formula begins with an apostrophe (OWASP). */
export function csvText(value: unknown): string {
  const cell = csvCell(value);
  const text = cell.startsWith('"') ? cell.slice(1) : cell;
  if (typeof value === "number" || !/^[=+\-@\t\r]/.test(text)) return cell;
  return cell.startsWith('"') ? `"'${text}` : `'${cell}`;
}
