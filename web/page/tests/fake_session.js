// A session as our server keeps it: what it answers follows from whether the match goes on, however the requests come.

import { GRANT, NOW, problem, view } from "./fake_kit.js";

const at = (second) => new Date(NOW + second * 1_000).toISOString();

/** A view with everything that a screen reads. */
export function wholeView({ times = {}, me = {}, ...changes } = {}) {
  const noTimes = { parted_at: null, left_at: null, ended_at: null, ends_at: null, closes_at: null, undo_until: null };
  return view({
    seat: "seat-1", ended_as: null, requeued: null, length: 50, why: "", undo_seconds: 10, empty_minutes: 5, chat_url: "https://chat.test/1",
    longest_report: 1_000, report_token: "seat-1.token", report_days: 14,
    ...changes,
    me: { name: "Noor", came: true, removed: false, ...me },
    times: { ...noTimes, now: at(0), ...times },
  });
}

const ended = (ended_as, changes = {}) => wholeView({ version: 2, state: "ended", ended_as, ...changes, times: { ended_at: at(0) } });
const left = (times = {}, changes = {}) => wholeView({ version: 2, state: "after", ...changes, times: { left_at: at(0), ...times } });

/** How a match ends for a student: what `GET /session` answers from then on, and why no join token is given. */
export const ENDS = {
  "the partner declined": { session: ended("declined", { requeued: "waiting" }), token: problem("match_over") },
  "the partner blocked them before they met": { session: ended("declined"), token: problem("match_over") },
  "they declined in Discord": { session: left({}, { ended_as: "declined" }), token: problem("match_over") },
  "they left in Discord": { session: left({ undo_until: at(10) }), token: problem("match_over") },
  "they blocked the partner in Discord": { session: left(), token: problem("match_over") },
  "the two missed each other": { session: ended("no_show"), token: problem("match_over") },
  "somebody else was asked for": { session: ended("replaced", { requeued: "waiting" }), token: problem("match_over") },
  "the time is up, or the room was empty": { session: ended("done"), token: problem("match_over") },
  "they were barred": { session: problem("not_allowed"), token: problem("not_allowed"), removed: true },
  "they were barred for a moment": { session: left({}, { me: { removed: true } }), token: problem("match_over"), removed: true },
};

/** Our server with one session. Each answer takes its time: `delays` in milliseconds, by path. */
export class FakeSession {
  requests = [];
  /** How many requests are lost before the next is answered. */
  losses = 0;
  /** An entry of ENDS once the match is over. */
  end = null;
  /** The end that comes as soon as a path was answered: `{ after, as }`. */
  nextEnd = null;
  /** What `GET /session` answers while the match goes on. */
  live = wholeView();

  constructor(delays = {}) {
    this.delays = delays;
    this.fetch = this.fetch.bind(this);
  }

  async fetch(path, { method = "GET" } = {}) {
    if (path.startsWith("http")) return { type: "opaque" };
    this.requests.push(`${method} ${path}`);
    const isLost = this.losses > 0;
    if (isLost) this.losses -= 1;
    const answer = isLost ? null : this.#answer(path);
    if (path === this.nextEnd?.after) this.end = this.nextEnd.as;
    if (this.delays[path]) await new Promise((resolve) => setTimeout(resolve, this.delays[path]));
    if (isLost) throw new TypeError("fetch failed");
    return { status: answer.problem ? 400 : 200, ok: !answer.problem, json: async () => answer.problem ?? answer };
  }

  #answer(path) {
    if (path === "/session") return this.end?.session ?? this.live;
    return this.end?.token ?? (path === "/session/join-token" ? GRANT : {});
  }
}
