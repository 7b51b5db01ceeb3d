// The parts of livekit-client that the page uses, in a chunk of their own that is fetched while the ready screen shows.

import { setLogLevel } from "livekit-client";

export { ConnectionErrorReason, ConnectionQuality, DisconnectReason, Room, RoomEvent, Track } from "livekit-client";

// The client's log lines contain addresses with tokens.
setLogLevel("silent");

/** Initialize WebRTC early, so that joining does not wait for it. */
export async function warmUp() {
  const connection = new RTCPeerConnection();
  for (const kind of ["audio", "video"]) connection.addTransceiver(kind);
  await connection.createOffer();
  connection.close();
}
