import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { LedgerHttpAdapter } from './ledger-http.adapter.js';

/** Creates an app whose answers {@link LedgerHttpAdapter} writes. `configureHttp` does the rest. */
export async function createHttpApp(
  module: Type<object> | DynamicModule,
  options: Omit<NestApplicationOptions, 'bodyParser'>,
): Promise<NestExpressApplication> {
  return NestFactory.create<NestExpressApplication>(module, new LedgerHttpAdapter(), {
    ...options,
    // The body guard reads bodies; Nest's own parsers would run in addition.
    bodyParser: false,
  });
}
