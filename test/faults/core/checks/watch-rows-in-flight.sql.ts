/**
 * An execution is a row in flight until it is inserted among those that are over, and an attempt is inserted when
 * it has ended. Such a row gives the new status, and the last watched move gives the former one. An attempt
 * begins as `dispatched` when the row in flight gets its number and its start. A row in flight that is deleted without an
 * end is no move: its input is then without an execution, which the checker looks for.
 */
export const WATCH_ROWS_IN_FLIGHT = `
CREATE FUNCTION watch_in_flight() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  IF TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM NEW.status THEN
    INSERT INTO watched_moves (execution_id, from_status, to_status)
    VALUES (NEW.execution_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status);
  END IF;
  IF NEW.attempt_started_at IS NOT NULL
    AND (TG_OP = 'INSERT' OR OLD.attempt_started_at IS NULL OR OLD.attempt IS DISTINCT FROM NEW.attempt) THEN
    INSERT INTO watched_moves (execution_id, attempt, to_status) VALUES (NEW.execution_id, NEW.attempt, 'dispatched');
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION watch_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
  attempt_number integer := to_jsonb(NEW) ->> 'attempt';
BEGIN
  INSERT INTO watched_moves (execution_id, attempt, from_status, to_status)
  VALUES (NEW.execution_id, attempt_number, (
    SELECT to_status FROM watched_moves w
    WHERE w.execution_id = NEW.execution_id AND w.attempt IS NOT DISTINCT FROM attempt_number ORDER BY move_id DESC LIMIT 1
  ), NEW.status);
  RETURN NULL;
END
$$;

CREATE TRIGGER watch_in_flight AFTER INSERT OR UPDATE ON executions_in_flight FOR EACH ROW EXECUTE FUNCTION watch_in_flight();
CREATE TRIGGER watch_end AFTER INSERT ON executions FOR EACH ROW EXECUTE FUNCTION watch_end();
CREATE TRIGGER watch_end AFTER INSERT ON execution_attempts FOR EACH ROW EXECUTE FUNCTION watch_end();
`;
