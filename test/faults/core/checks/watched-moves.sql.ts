/**
 * Every change of status, written down in the transaction that makes it, so that a state which came and went is on
 * record. What the ledger itself keeps is only the last state. `attempt` is null for a move of the execution itself;
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
