import { Global, Module } from '@nestjs/common';
import { CallbackUrlPolicy } from './callback-url-policy.js';
import { OutboundClient } from './outbound-client.js';

/** Provides the policy and the client for addresses that requests name. */
@Global()
@Module({ providers: [CallbackUrlPolicy, OutboundClient], exports: [CallbackUrlPolicy, OutboundClient] })
export class OutboundModule {}
