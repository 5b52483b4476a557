import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { SupervisorLink } from './supervisor-link.js';

/** Injects `SupervisorLink | null`: null in a process that no supervisor started. */
export const SUPERVISOR_LINK = Symbol('SUPERVISOR_LINK');

@Global()
@Module({})
export class SupervisionModule {
  static forRoot(link: SupervisorLink | null): DynamicModule {
    return {
      module: SupervisionModule,
      providers: [{ provide: SUPERVISOR_LINK, useValue: link }],
      exports: [SUPERVISOR_LINK],
    };
  }
}
