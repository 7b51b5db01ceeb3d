// Runs before the page: replaces the browser's devices by ones that a test takes away, brings back, mutes, covers and lets
// fail. A device is known by its label, which is also its id.

window.lab = {
  devices: [
    { kind: "audioinput", label: "Headset" },
    { kind: "audioinput", label: "Built-in microphone" },
    { kind: "videoinput", label: "Webcam" },
    { kind: "videoinput", label: "Built-in camera" },
    { kind: "audiooutput", label: "Headphones" },
    { kind: "audiooutput", label: "Loudspeakers" },
  ],
  /** How a request ends: null well, "hang" not at all, otherwise with [name, message]. */
  failure: null,
  loudness: 0.1,
  picture: "test card", // or "black", "dark room", "none"
  tracks: [],
  log: [],

  change(devices) {
    const gone = (label) => devices.every((device) => device.label !== label);
    lab.devices = devices;
    for (const track of lab.tracks.filter(({ labLabel }) => gone(labLabel))) lab.end(track);
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  },
  unplug(...labels) {
    lab.change(lab.devices.filter(({ label }) => !labels.includes(label)));
  },
  plugIn(...devices) {
    lab.change([...lab.devices, ...devices]);
  },
  end(track) {
    if (track.readyState === "ended") return;
    track.stop();
    track.dispatchEvent(new Event("ended"));
  },
  live: (kind) => lab.tracks.filter((track) => track.kind === kind && track.readyState === "live").map(({ labLabel }) => labLabel),
};

function microphone() {
  const audio = (lab.audio ??= new AudioContext());
  const [voice, gain] = [new OscillatorNode(audio), (lab.gain = new GainNode(audio, { gain: lab.loudness }))];
  const output = new MediaStreamAudioDestinationNode(audio);
  voice.connect(gain).connect(output);
  voice.start();
  return output.stream.getTracks()[0];
}

function camera() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const context = canvas.getContext("2d");
  const track = canvas.captureStream(lab.picture === "none" ? 0 : 15).getTracks()[0];
  const paint = () => {
    if (lab.picture === "none") return;
    context.fillStyle = lab.picture === "test card" ? `hsl(${performance.now() / 10} 80% 50%)` : "rgb(4 4 4)";
    context.fillRect(0, 0, 320, 180);
    context.fillStyle = `rgb(${(performance.now() / 40) % 10} 3 5)`; // the noise of a sensor
    for (let row = 0; row < 180; row += 2) context.fillRect(0, row, 320, 1);
    context.fillStyle = "rgb(52 38 30)"; // a face in the light of the screen
    if (lab.picture === "dark room") context.fillRect(120, 50, 60, 80);
  };
  paint();
  setInterval(paint, 60);
  return track;
}

navigator.mediaDevices.enumerateDevices = async () => lab.devices.map((device) => ({ groupId: "", deviceId: device.label, ...device }));
navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
  lab.log.push(audio ? "microphone" : "camera");
  if (lab.failure === "hang") await new Promise(() => {});
  if (lab.failure?.[0] === "TypeError") throw new TypeError(lab.failure[1]);
  if (lab.failure) throw new DOMException(lab.failure[1], lab.failure[0]);
  const present = lab.devices.filter(({ kind }) => kind === (audio ? "audioinput" : "videoinput"));
  const { exact, ideal } = (audio || video).deviceId ?? {};
  const device = present.find(({ label }) => label === (exact ?? ideal)) ?? (exact ? undefined : present[0]);
  if (!device) throw new DOMException("", "NotFoundError");
  const track = audio ? microphone() : camera();
  Object.defineProperty(track, "labLabel", { value: device.label });
  track.getSettings = () => ({ deviceId: device.label });
  lab.tracks.push(track);
  return { getTracks: () => [track] };
};
HTMLMediaElement.prototype.setSinkId = async function (id) {
  if (lab.brokenSpeakers === id) throw new DOMException("", "NotFoundError");
};
