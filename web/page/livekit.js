// The part of livekit-client that the page uses, in a file of its own that is fetched while students look at themselves.

export { ConnectionQuality, DisconnectReason, Room, RoomEvent, Track } from "livekit-client";
