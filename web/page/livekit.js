// The part of livekit-client that the page uses, in a file of its own that is fetched while students look at themselves.

import { setLogLevel } from "livekit-client";

export { ConnectionQuality, DisconnectReason, Room, RoomEvent, Track } from "livekit-client";

// Its log lines hold addresses with tokens in them.
setLogLevel("silent");

/** Start what the browser needs for a call, so that Join finds it running. */
export async function warmUp() {
  const connection = new RTCPeerConnection();
  for (const kind of ["audio", "video"]) connection.addTransceiver(kind);
  await connection.createOffer();
  connection.close();
}
