// Stands in for the chunk with livekit-client: a room that is joined at once. `window.livekit` lets a test change it.

const names = new Proxy({}, { get: (_, name) => String(name) });
export const [ConnectionErrorReason, ConnectionQuality, DisconnectReason, RoomEvent] = [names, names, names, names];
export const Track = { Source: { Camera: "camera", Microphone: "microphone" } };
export const warmUp = async () => {};

export class Room {
  remoteParticipants = new Map();
  canPlaybackAudio = true;
  localParticipant = { getTrackPublication: () => undefined, publishTrack: async () => {} };
  #listeners = [];

  constructor() {
    window.livekit = this;
  }

  on(event, listener) {
    this.#listeners.push([event, listener]);
    return this;
  }

  once() {
    return this;
  }

  emit(event, ...values) {
    for (const [name, listener] of this.#listeners) if (name === event) listener(...values);
  }

  /** Let the partner come, with a picture or without. */
  bringPartner(hasPicture) {
    const attach = (video) => (video.srcObject = document.querySelector("[data-self-view] video").srcObject);
    const detach = (video) => (video.srcObject = null);
    const setSubscribed = (isWanted) => (publication.isDesired = isWanted);
    const publication = { source: "camera", isMuted: false, isDesired: true, setSubscribed, track: { attach, detach } };
    const tracks = new Map(hasPicture ? [["camera", publication]] : []);
    this.remoteParticipants.set("partner", { identity: "partner", connectionQuality: "Excellent", trackPublications: tracks });
    this.emit("ParticipantConnected");
  }

  async connect() {}
  async disconnect() {}
  async startAudio() {}
  async switchActiveDevice() {}
  getActiveDevice() {
    return "default";
  }
}
