// The connection to the sandbox: actions by POST, and the feed of events over a WebSocket that reconnects by itself.

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 4000;

/** Run `action` ("press", "say", …) with `values`. Resolves to the sandbox's answer, or {failed: text}; never rejects. */
export async function postAction(action, values) {
  try {
    const response = await fetch(`do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(values),
    });
    const body = await response.json();
    return response.ok ? body : { failed: body.failed ?? `The sandbox answered ${response.status}.` };
  } catch {
    return { failed: "The sandbox isn't answering. It may have been stopped." };
  }
}

/** Call `onEvent(event)` for every event of the feed, and `onConnected(true | false)` as the connection comes and goes. */
export function openEventFeed(onEvent, onConnected) {
  let retryMs = FIRST_RETRY_MS;
  const connect = () => {
    const socket = new WebSocket(new URL("live", location.href.replace(/^http/, "ws")));
    socket.onmessage = ({ data }) => {
      retryMs = FIRST_RETRY_MS;
      onConnected(true);
      onEvent(JSON.parse(data));
    };
    socket.onclose = () => {
      onConnected(false);
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    };
  };
  connect();
}
