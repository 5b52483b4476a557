import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from '../kernel/index.js';

@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
export class ClockModule {}
