import { expect, test } from "vitest";
import { createSluiceClient, pages } from "./sluice-client.ts";

const asked: Request[] = [];
function clientThat(answers: Response, token?: () => string | undefined) {
  asked.length = 0;
  const send: typeof fetch = async (input, init) => {
    asked.push(new Request(input, init));
    return answers;
  };
  return createSluiceClient({ serverUrl: "http://sluice.test:8080", fetch: send, ...(token && { token }) });
}

test("puts each parameter where the description has it, with the token of the moment", async () => {
  const client = clientThat(Response.json({ id: 1 }), () => "secret");
  const { data } = await client.updateDevice({ uid: "a/b c", name: "Gate" });
  expect(data).toEqual({ id: 1 });
  const [request] = asked;
  expect(request).toMatchObject({ method: "PATCH", url: "http://sluice.test:8080/api/v1/devices/a%2Fb%20c" });
  expect(request!.headers.get("authorization")).toBe("Bearer secret");
  expect(await request!.json()).toEqual({ name: "Gate" });
});

test("asks with a query, and without a token while nobody is signed in", async () => {
  await clientThat(Response.json([])).listDevices({ site: "north & south", limit: 5 });
  const { searchParams } = new URL(asked[0]!.url);
  expect(Object.fromEntries(searchParams)).toEqual({ site: "north & south", limit: "5" });
  expect(asked[0]!.headers.get("authorization")).toBeNull();
});

test("a refusal is the problem document, and a lost server what fetch failed with", async () => {
  const problem = { type: "about:blank", title: "Not Found", status: 404, code: "device.unknown", detail: "…" };
  const headers = { "content-type": "application/problem+json" };
  const refused = await clientThat(new Response(JSON.stringify(problem), { status: 404, headers })).getDevice({
    uid: "x",
  });
  expect(refused).toMatchObject({ error: problem, response: { status: 404 } });
  const lost = new Error("no route to host");
  const client = createSluiceClient({ serverUrl: "http://sluice.test", fetch: () => Promise.reject(lost) });
  expect(await client.getDevice({ uid: "x" })).toMatchObject({ error: lost });
});

test("a list comes page by page, until there is none", async () => {
  const cursors: (string | null)[] = [];
  const answer: typeof fetch = async (input) => {
    const { searchParams } = new URL((input as Request).url);
    expect(searchParams.get("site")).toBe("north");
    cursors.push(searchParams.get("cursor"));
    const link = { link: `</api/v1/devices?site=north&cursor=c${cursors.length}>; rel="next"` };
    return Response.json([{ uid: `d${cursors.length}` }], cursors.length < 3 ? { headers: link } : {});
  };
  const client = createSluiceClient({ serverUrl: "http://sluice.test", fetch: answer });
  const uids: string[] = [];
  for await (const devices of pages((cursor) => client.listDevices({ site: "north", ...cursor }))) {
    uids.push(...devices.map(({ uid }) => uid));
  }
  expect([uids, cursors]).toEqual([
    ["d1", "d2", "d3"],
    [null, "c1", "c2"],
  ]);
  const refused = createSluiceClient({ serverUrl: "http://sluice.test", fetch: () => Promise.reject(new Error("no")) });
  await expect(pages((cursor) => refused.listDevices(cursor)).next()).rejects.toThrow("could not be read");
});
