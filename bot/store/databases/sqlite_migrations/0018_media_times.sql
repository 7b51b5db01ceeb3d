-- When the camera, the microphone and the screen of a seat were first published, and when that ended last; NULL while it lasts, or
-- while nobody has told its end. `track_sid` and `connection_sid`: the newest, as LiveKit names them.
CREATE TABLE media_times (
  seat_id TEXT NOT NULL REFERENCES seats (id) ON DELETE CASCADE,
  source TEXT NOT NULL CHECK (source IN ('camera', 'microphone', 'screen')),
  first_at INTEGER NOT NULL,
  last_at INTEGER,
  track_sid TEXT NOT NULL,
  connection_sid TEXT NOT NULL,
  PRIMARY KEY (seat_id, source)
) STRICT;
