import { describe, expect, it } from "vitest";
import { encodeLiveNotice, LIVE_KINDS, parseLiveNotice } from "./live-notice.ts";

describe("a live notice", () => {
  it.each(LIVE_KINDS)("of %s is read as it was written", (kind) => {
    const notice = { organizationId: 2_147_483_647, kind, id: "0198c0de-0000-4000-8000-00000000beef" };
    expect(parseLiveNotice(encodeLiveNotice(notice))).toEqual(notice);
  });

  it("is an object of three short keys", () => {
    expect(encodeLiveNotice({ organizationId: 1, kind: "alert", id: "a" })).toBe('{"o":1,"k":"alert","i":"a"}');
  });

  it.each([
    "",
    "{}",
    '{"o":1,"k":"tariff","i":"a"}',
    '{"o":"1","k":"alert","i":"a"}',
    '{"o":1,"k":"alert","i":"a\\"b"}',
  ])("that is none, or of a newer version, is passed over: %s", (payload) => {
    expect(parseLiveNotice(payload)).toBeUndefined();
  });
});
