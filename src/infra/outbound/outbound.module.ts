import { Global, Module } from '@nestjs/common';
import { CallbackUrlPolicy } from './callback-url-policy.js';
import { OutboundClient } from './outbound-client.js';

/** Holds the hosts that requests may send this service to. */
@Global()
@Module({ providers: [CallbackUrlPolicy, OutboundClient], exports: [CallbackUrlPolicy, OutboundClient] })
export class OutboundModule {}
