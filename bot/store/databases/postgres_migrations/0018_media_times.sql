-- When the camera, the microphone and the screen of a seat were first published, and when that ended last; NULL while it lasts, or
-- while nobody has told its end. `track_sid` and `connection_sid`: the newest, as LiveKit names them.
CREATE TABLE media_times (
  seat_id text COLLATE "C" NOT NULL REFERENCES seats (id) ON DELETE CASCADE,
  source text COLLATE "C" NOT NULL CHECK (source IN ('camera', 'microphone', 'screen')),
  first_at bigint NOT NULL,
  last_at bigint,
  track_sid text COLLATE "C" NOT NULL,
  connection_sid text COLLATE "C" NOT NULL,
  PRIMARY KEY (seat_id, source)
);
