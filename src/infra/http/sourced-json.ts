import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/** An answer with members that are JSON texts already, and go out as they are. */
export class SourcedJson {
  /** @param sources by name of the member; each a valid JSON text. */
  constructor(
    private readonly value: Readonly<Record<string, unknown>>,
    private readonly sources: Readonly<Record<string, string>>,
  ) {}

  toText(): string {
    const members = Object.entries(this.value)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const sourced = Object.entries(this.sources).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    return `{${[...members, ...sourced].join(',')}}`;
  }
}

/** Writes {@link SourcedJson}: parsed and written again, large numbers and the order of keys would be lost. */
export class SourcedJsonInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(
      map((answer) => {
        if (!(answer instanceof SourcedJson)) return answer;
        context.switchToHttp().getResponse<Response>().type('application/json');
        return answer.toText();
      }),
    );
  }
}
