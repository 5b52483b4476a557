/**
 * Makes ids as the service does: UUIDv7 by a time. It uses its own SQL, because the service may rename the functions of its
 * database.
 */

/** @param {string} at an expression of type timestamptz. @returns {string} an expression for the lowest id of its millisecond. */
export function uuid7Floor(at) {
  return `(${toMilliseconds(at)} || '70008000000000000000')::uuid`;
}

/** @param {string} at an expression of type timestamptz. @returns {string} an expression for a random id of its millisecond. */
export function uuid7At(at) {
  return `(${toMilliseconds(at)} || '7000' || right(gen_random_uuid()::text, 17))::uuid`;
}

function toMilliseconds(at) {
  return `lpad(to_hex(floor(extract(epoch FROM ${at}) * 1000)::bigint), 12, '0')`;
}
