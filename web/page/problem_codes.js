// How the page reacts to each problem code: the only list of codes. Their texts are in the catalogue.

/** Our server was not reached. */
export const NO_ANSWER = new Set(["offline", "no_internet"]);

/** Retrying may help: the network, our server or LiveKit has a temporary problem. */
export const TEMPORARY = new Set([
  "offline", "no_internet", "video_blocked", "video_refused", "video_no_answer", "video_unreachable", "slow_down", "internal", "store_unavailable",
  "checking_membership",
]);

/** An administrator has to fix the video settings. The problem screen keeps trying until then. */
export const NEEDS_ADMINISTRATOR = new Set(["video_not_configured", "video_refused_our_key", "video_clock_differs"]);

/** The student can only wait. */
export const RECOVERS_BY_ITSELF = new Set(["video_unreachable", "store_unavailable", "internal", "checking_membership"]);

/** The seat is in use in another tab, browser or device. */
export const USED_ELSEWHERE = new Set([
  "link_used", "link_replaced", "session_replaced", "displaced", "another_tab", "other_seat", "room_full",
]);

/** A new link brings the student back in. */
export const NEEDS_NEW_LINK = new Set([
  "link_used", "link_expired", "link_replaced", "session_replaced", "room_full", "other_seat", "no_session", "cookie_lost",
]);

/** The link lets nobody in any more, or never did. */
export const LINK_IS_DEAD = new Set([
  "link_used", "link_expired", "link_replaced", "link_unknown", "match_over", "not_allowed", "other_pool",
]);

/** Our server will never take this report. */
export const REPORT_IS_OVER = new Set(["report_closed", "report_expired", "report_token_unknown"]);

/** The meeting is over: the student can look for the next partner. */
export const MEETING_IS_OVER = new Set(["match_over", "session_ended"]);

/** The end of a meeting closes its room, and then the video service turns everybody away. */
export const MAY_MEAN_THE_END = new Set(["video_refused", "video_no_answer", "video_blocked"]);

/** Another page has the call, and this one may have it back. */
export const CAN_BE_TAKEN_BACK = new Set(["displaced", "another_tab"]);

/** The page may be an old one, or the browser's settings have been changed. */
export const RELOADING_HELPS = new Set(["bad_request", "not_json", "too_large", "no_cookies"]);

/** This tab no longer holds its seat: it leaves the room immediately. */
export const SEAT_IS_LOST = new Set([
  "session_replaced", "session_ended", "no_session", "cookie_lost", "other_seat", "not_allowed", "other_pool",
]);

/** This tab was in the room, or on the way, and is not any more: what happened there can still be reported. */
export const MAY_FOLLOW_A_MEETING = new Set([...SEAT_IS_LOST, ...MEETING_IS_OVER, "removed"]);
