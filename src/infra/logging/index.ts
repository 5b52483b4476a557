export { type AccessLine, AccessLines } from './access-lines.js';
export { LoggingModule } from './logging.module.js';
export { openRootLog } from './root-logger.js';
