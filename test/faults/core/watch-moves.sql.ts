/**
 * Writes every change of status down, in the transaction that makes it, so that a state which came and went is on
 * record. What the ledger itself keeps is only the last state.
 */
export const WATCH_MOVES = `
CREATE TABLE watched_moves (
  move_id bigint GENERATED ALWAYS AS IDENTITY,
  execution_id uuid NOT NULL,
  attempt integer,
  from_status text,
  to_status text NOT NULL,
  fence integer NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON watched_moves (execution_id);

CREATE FUNCTION watch_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO watched_moves (execution_id, from_status, to_status, fence)
  VALUES (NEW.execution_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.fence);
  RETURN NULL;
END
$$;
CREATE FUNCTION watch_attempt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO watched_moves (execution_id, attempt, from_status, to_status, fence)
  VALUES (NEW.execution_id, NEW.attempt, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.fence);
  RETURN NULL;
END
$$;

CREATE TRIGGER watch_insert AFTER INSERT ON executions FOR EACH ROW EXECUTE FUNCTION watch_execution();
CREATE TRIGGER watch_update AFTER UPDATE ON executions FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION watch_execution();
CREATE TRIGGER watch_insert AFTER INSERT ON execution_attempts FOR EACH ROW EXECUTE FUNCTION watch_attempt();
CREATE TRIGGER watch_update AFTER UPDATE ON execution_attempts FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION watch_attempt();
`;
