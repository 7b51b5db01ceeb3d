-- The numbers of reports.

-- name: find_last
SELECT last_number FROM report_numbers WHERE server_id = :server_id;

-- name: take
-- One row, unless another report has got a number meanwhile.
INSERT INTO report_numbers (server_id, last_number) VALUES (:server_id, :number)
ON CONFLICT (server_id) DO UPDATE SET last_number = excluded.last_number WHERE report_numbers.last_number = :last_number
RETURNING server_id;
