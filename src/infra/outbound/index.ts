export { CallbackUrlPolicy, MAX_CALLBACK_URL_LENGTH } from './callback-url-policy.js';
export {
  AddressRefusedError,
  createGuardedAgent,
  createGuardedConnector,
  type GuardedAgentOptions,
} from './guarded-agent.js';
export { type OutboundAnswer, OutboundClient, type OutboundPost } from './outbound-client.js';
export { OutboundModule } from './outbound.module.js';
