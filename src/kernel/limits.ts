/** The largest number that a Postgres `integer` holds. */
export const MAX_INT = 2_147_483_647;
