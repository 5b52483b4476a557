/**
 * Ids are UUIDv7 by the database's clock, so that every process agrees on their order and on the partition they fall
 * into, whatever its own clock says. PostgreSQL has `uuidv7()` from 18 on; the service runs on 15 too.
 */
export const CREATE_IDS = `
CREATE FUNCTION ledger_uuid7_floor(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM at) * 1000)::bigint, 0)), 12, '0') || '70008000000000000000')::uuid $$;
COMMENT ON FUNCTION ledger_uuid7_floor(timestamptz) IS 'The lowest UUIDv7 of that millisecond: a bound for partitions and time filters.';

CREATE FUNCTION ledger_uuid7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
  SELECT (lpad(to_hex(micros / 1000), 12, '0')
    || '7' || lpad(to_hex(micros % 1000 * 4096 / 1000), 3, '0')
    || substr(gen_random_uuid()::text, 20, 4) || right(gen_random_uuid()::text, 12))::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS now
$$;
COMMENT ON FUNCTION ledger_uuid7() IS 'UUIDv7 whose 12 bits after the version hold the fraction of the millisecond, so that ids of one session sort as they were made.';
`;

export const DROP_IDS = `
DROP FUNCTION ledger_uuid7();
DROP FUNCTION ledger_uuid7_floor(timestamptz);
`;
