export { AuditModule } from './audit.module.js';
export {
  type Actor,
  type ActorKind,
  type AuditChange,
  AuditService,
  toPrincipal,
  systemActor,
} from './audit.service.js';
