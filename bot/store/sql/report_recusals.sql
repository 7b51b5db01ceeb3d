-- Readers who do not read a report, because they know somebody in it.

-- name: add
INSERT INTO report_recusals (report_id, reader) VALUES (:report_id, :reader) ON CONFLICT (report_id, reader) DO NOTHING;

-- name: list
SELECT reader FROM report_recusals WHERE report_id = :report_id;
