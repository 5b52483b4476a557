/**
 * The project whose admin made a user; null for the instance. Only that project sees the user before they become a member
 * of any.
 */
export const ADD_MADE_IN = `
ALTER TABLE users ADD COLUMN made_in uuid REFERENCES projects;
CREATE INDEX users_made_in ON users (made_in);
CREATE POLICY maker ON users FOR SELECT TO prompt_ledger_app
  USING (made_in = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[]));
`;

export const DROP_MADE_IN = `
DROP POLICY maker ON users;
ALTER TABLE users DROP COLUMN made_in;
`;
