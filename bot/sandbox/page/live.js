// The line to the sandbox: actions by POST, the feed by one WebSocket that comes back by itself.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4000;

/** Do `action` ("press", "say", …) with `values`; answers what the sandbox answered, or {failed: words}. */
export async function act(action, values) {
  try {
    const answer = await fetch(`do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(values),
    });
    const body = await answer.json();
    return answer.ok ? body : { failed: body.failed ?? `The sandbox answered ${answer.status}.` };
  } catch {
    return { failed: "The sandbox does not answer. It may have been stopped." };
  }
}

/** Hand every event of the feed to `hear`, and whether the line stands to `stands`. */
export function listen(hear, stands) {
  let pause = FIRST_PAUSE;
  const open = () => {
    const socket = new WebSocket(new URL("live", location.href.replace(/^http/, "ws")));
    socket.onmessage = ({ data }) => {
      pause = FIRST_PAUSE;
      stands(true);
      hear(JSON.parse(data));
    };
    socket.onclose = () => {
      stands(false);
      setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  };
  open();
}
