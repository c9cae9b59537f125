import { expect, test } from "vitest";
import { assertRedirectUri, isRegisteredRedirect } from "./redirect-uri.ts";

test.each(["https://tool.example.org/back", "http://127.0.0.1/back", "http://[::1]:7000/", "http://localhost/cb?x=1"])(
  "%s may be registered",
  (uri) => expect(() => assertRedirectUri(uri)).not.toThrow(),
);

test.each([
  "http://tool.example.org/back",
  "http://127.0.0.1.example.org/",
  "https://tool.example.org/#part",
  "https://ada:secret@tool.example.org/",
  "javascript:alert(1)",
  "data:text/html,x",
  "/relative",
  "",
  `https://tool.example.org/${"x".repeat(500)}`,
])("%s may not", (uri) => {
  expect(() => assertRedirectUri(uri)).toThrow(expect.objectContaining({ code: "application.redirect_invalid" }));
});

const REGISTERED = ["https://tool.example.org/back", "http://127.0.0.1/back"];

test.each(["https://tool.example.org/back", "http://127.0.0.1/back", "http://127.0.0.1:53123/back"])(
  "people are sent back to %s",
  (uri) => expect(isRegisteredRedirect(REGISTERED, uri)).toBe(true),
);

test.each([
  "https://tool.example.org/back/",
  "https://tool.example.org/back?next=x",
  "https://tool.example.org:8443/back",
  "https://tool.example.org.evil.example/back",
  "HTTPS://tool.example.org/back",
  "http://tool.example.org/back",
  "http://127.0.0.1:53123/other",
  "http://127.0.0.1:53123/back?x",
  "http://localhost:53123/back",
  "http://127.0.0.1:53123@evil.example/back",
  "http:\\\\127.0.0.1:53123/back",
  "http://127.0.0.1:53123/x/../back",
  "",
])("and never to %s", (uri) => expect(isRegisteredRedirect(REGISTERED, uri)).toBe(false));
