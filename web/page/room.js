// What the page needs only in the room, in a chunk of its own that is fetched while the ready screen shows.

export { RoomConnection } from "./room_connection.js";
export { RoomScreen } from "./room_screen.js";
