/**
 * Every change of status, recorded in the transaction that makes it, because the ledger itself keeps only the last
 * state and would hide a short-lived one. `attempt` is null for a move of the execution itself.
 * `from_status` is null for a birth.
 */
export const WATCHED_MOVES = `
CREATE TABLE watched_moves (
  move_id bigint GENERATED ALWAYS AS IDENTITY,
  execution_id uuid NOT NULL,
  attempt integer,
  from_status text,
  to_status text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON watched_moves (execution_id);
`;
