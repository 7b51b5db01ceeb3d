// Who is to blame when a room cannot be joined, by what livekit-client really reports.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, ConnectionErrorReason } from "livekit-client";
import { createConnection, GRANT, passTime, WEBSOCKET_CLOSED } from "./fake_kit.js";

const UNREACHABLE = ConnectionError.serverUnreachable("server was not reachable");
const NO_MEDIA = ConnectionError.internal("could not establish pc connection");
const MEDIA_FAILED = { letIn: true, error: NO_MEDIA };

/** What the client reports, whether LiveKit's host answers plain HTTP from here, and who is to blame. */
const CASES = [
  ["a key that LiveKit refuses", ConnectionError.notAllowed(`invalid token: ${GRANT.token}`, 401), true, "video_refused"],
  ["a token that a proxy forbids", ConnectionError.notAllowed("Forbidden", 403), true, "video_refused"],
  ["a room that is not there", ConnectionError.notAllowed("requested room does not exist", 404), true, "video_refused"],
  ["a refusal, although the host does not answer later", ConnectionError.notAllowed("", 401), false, "video_refused"],
  ["a proxy that does not pass WebSockets on", WEBSOCKET_CLOSED, true, "video_refused"],
  ["a full room, or a proxy's 502", ConnectionError.internal("unknown websocket error", { status: 500 }), true, "video_refused"],
  ["a proxy without LiveKit's paths", ConnectionError.serviceNotFound("v1 RTC path not found", "v0-rtc"), true, "video_refused"],
  ["a WebSocket that closes before the first message", ConnectionError.internal("no message received as first message"), true, "video_refused"],
  ["LiveKit shutting down", ConnectionError.leaveRequest("received leave request", 3), false, "video_refused"],
  ["a server or a network that is down", UNREACHABLE, false, "video_no_answer"],
  ["a certificate that the browser refuses", WEBSOCKET_CLOSED, false, "video_no_answer"],
  ["a host that answers nothing in time", ConnectionError.timeout("room connection has timed out (signal)"), false, "video_no_answer"],
  ["a network that lets nothing but pages through", MEDIA_FAILED, true, "video_blocked"],
  ["a network that goes away while the media is connected", MEDIA_FAILED, false, "video_no_answer"],
];

for (const [name, connecting, livekitAnswers, code] of CASES) {
  test(`${name} is ${code}`, async (t) => {
    const { connection, server } = createConnection(t, { connects: [connecting] });
    server.livekitAnswers = livekitAnswers;
    await assert.rejects(connection.join(GRANT), (problem) => {
      assert.equal(problem.code, code);
      assert.ok(!`${problem.stack}${JSON.stringify(problem)}`.includes(GRANT.token));
      return true;
    });
  });
}

test("the cases have every reason of the client but a cancellation of our own", () => {
  const tried = new Set(CASES.map(([, connecting]) => (connecting.error ?? connecting).reason));
  const all = Object.values(ConnectionErrorReason).filter((reason) => typeof reason === "number");
  assert.deepEqual(all.filter((reason) => !tried.has(reason)), [ConnectionErrorReason.Cancelled]);
});

test("a proxy that makes the client try forever is found at the deadline", async (t) => {
  const { connection } = createConnection(t, { connects: ["hang"] });
  const joined = assert.rejects(connection.join(GRANT), { code: "video_refused" });
  await passTime(t, 15_000);
  await joined;
});

test("the host is asked over HTTP, without the token, a cookie or a cache", async (t) => {
  const { connection, server } = createConnection(t, { connects: ["refuse"] });
  await assert.rejects(connection.join(GRANT));
  const [{ address, mode, cache, credentials }] = server.probes;
  assert.deepEqual([address, mode, cache, credentials], ["https://livekit.test", "no-cors", "no-store", "omit"]);
});
