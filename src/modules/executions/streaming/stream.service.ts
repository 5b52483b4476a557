import { Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOfError } from '../../../infra/http/index.js';
import type { Caller } from '../../auth/index.js';
import { type RunOptions, type RunRequest, RunService } from '../intake/run.service.js';
import { EventStream } from './event-stream.js';
import { LEDGER_EVENTS, type StreamFormat } from './stream-format.js';

export interface StreamOptions extends Omit<RunOptions, 'sink'> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Defaults to the ledger's own events. */
  readonly format?: StreamFormat;
}

/** Runs an execution and streams its answer. */
@Injectable()
export class StreamService {
  constructor(private readonly runs: RunService) {}

  /**
   * Writes the whole answer. A failure before the first piece is an ordinary answer with its status; a later one is reported in
   * the stream. The lineage is committed after the last piece and before the end is sent.
   * @throws what {@link RunService.run} throws before the head of the stream has gone out; then nothing was written.
   */
  async stream(
    caller: Caller,
    body: RunRequest,
    variablesJson: string | null,
    { request, response, format = LEDGER_EVENTS, ...options }: StreamOptions,
  ): Promise<void> {
    const stream = new EventStream(response, format);
    try {
      stream.finish(await this.runs.run(caller, body, variablesJson, { ...options, sink: stream }));
    } catch (error) {
      if (!stream.hasBegun) {
        stream.release();
        throw error;
      }
      stream.finish(answerOfError(request, error));
    }
  }
}
