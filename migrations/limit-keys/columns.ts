/** All nullable and without a default: nothing is rewritten, and processes of the release before leave them out. */
export const ADD_COLUMNS = `
ALTER TABLE api_keys
  ADD COLUMN requests_per_minute integer CONSTRAINT api_keys_requests_per_minute_check CHECK (requests_per_minute >= 0),
  ADD COLUMN tokens_per_minute integer CONSTRAINT api_keys_tokens_per_minute_check CHECK (tokens_per_minute >= 0);
ALTER TABLE executions ADD COLUMN key_id uuid;
`;

export const DROP_COLUMNS = `
ALTER TABLE executions DROP COLUMN key_id;
ALTER TABLE api_keys DROP COLUMN tokens_per_minute, DROP COLUMN requests_per_minute;
`;
