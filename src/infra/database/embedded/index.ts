export { attachEmbeddedPostgres } from './attach.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { EmbeddedPostgresError, HomeInUseError, NoEmbeddedServerError } from './errors.js';
export { findSecret, readOrCreateSecret } from './home-files.js';
