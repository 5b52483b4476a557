import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { LedgerHttpAdapter } from './ledger-http.adapter.js';

/** An app whose answers are written as {@link LedgerHttpAdapter} does; `configureHttp` gives it the rest. */
export async function createHttpApp(
  module: Type<object> | DynamicModule,
  options: Omit<NestApplicationOptions, 'bodyParser'>,
): Promise<NestExpressApplication> {
  return NestFactory.create<NestExpressApplication>(module, new LedgerHttpAdapter(), {
    ...options,
    // Bodies are read behind the guard, and Nest's own parsers would only run as well.
    bodyParser: false,
  });
}
