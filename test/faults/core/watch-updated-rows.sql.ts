/** Where an execution and each of its attempts is one row that is inserted and then updated. */
export const WATCH_UPDATED_ROWS = `
CREATE FUNCTION watch_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO watched_moves (execution_id, from_status, to_status)
  VALUES (NEW.execution_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status);
  RETURN NULL;
END
$$;
CREATE FUNCTION watch_attempt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO watched_moves (execution_id, attempt, from_status, to_status)
  VALUES (NEW.execution_id, NEW.attempt, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status);
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
