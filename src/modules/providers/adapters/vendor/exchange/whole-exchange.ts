import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { AnswerBuilder } from '../../../answers/answer-builder.js';
import type { ProviderProgress } from '../../../provider-progress.js';
import { ProviderError, type ProviderAnswer } from '../../../provider.contract.js';
import { ServerSentEventSplitter } from '../answer/server-sent-events.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import { bodyText } from './body-text.js';
import { PushedBody } from './pushed-body.js';
import { readLastEvent } from './read-last-event.js';
import { complaintOfPage } from '../answer/vendor-complaint.js';
import { connectionFailure, MAX_ERROR_BODY_BYTES } from '../vendor-error.js';
import { readHeader } from '../vendor-headers.js';

/**
 * A whole answer is held until its end, and takes several times its size in memory, for each concurrent call. So the bound is one event of
 * a stream, or half of what is read of a stream if that is more: eight times what is stored.
 */
const MOST_BYTES = 4 * 1024 * 1024;
/** Bounds one event of a stream that comes in place of a document: twice what is stored by default, because it is held as text. */
const MOST_EVENT_CHARACTERS = 1024 * 1024;

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly reader: AnswerReader;
  readonly maxAnswerBytes: number | undefined;
  readonly progress?: ProviderProgress | undefined;
}

/**
 * One request whose answer is read whole, as a handler for undici's dispatcher. A document is held until its end. An event stream, which
 * some servers send regardless of the request, is parsed as it arrives, so that only its answer is held.
 *
 * `Dispatcher.request` would cost twice the CPU, because it makes a readable stream of each body.
 */
export class WholeExchange implements Dispatcher.DispatchHandler {
  /** 0 until the vendor answers. */
  status = 0;
  headers: IncomingHttpHeaders = {};

  private readonly mostBytes: number;
  private readonly answer: AnswerBuilder;
  private chunks: Buffer[] = [];
  private sizeBytes = 0;
  private splitter: ServerSentEventSplitter | null = null;
  private hasBegun = false;
  private body: PushedBody | null = null;
  private controller: Dispatcher.DispatchController | null = null;
  private resolve!: () => void;
  private reject!: (reason: unknown) => void;
  private isSettled = false;
  /** The error that broke the connection, or the decompression, after the answer began. */
  private brokenBy: unknown = null;
  private readonly settled = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(private readonly options: ExchangeOptions) {
    this.mostBytes = Math.max(MOST_BYTES, (options.maxAnswerBytes ?? 0) / 2);
    this.answer = new AnswerBuilder(this.mostBytes);
  }

  /** The vendor's request id from the body of the answer. */
  get answeredRequestId(): string | null {
    return this.answer.providerRequestId;
  }

  get isSuccess(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /**
   * Sends the request once.
   * @throws whatever broke the connection before the vendor answered; a ProviderError for an answer that is far too long; the signal's
   *   reason.
   */
  async send(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<void> {
    const { signal } = this.options;
    signal.throwIfAborted();
    signal.addEventListener('abort', this);
    try {
      dispatcher.dispatch(request, this);
      await this.settled;
    } finally {
      signal.removeEventListener('abort', this);
    }
  }

  /**
   * Reads a successful answer.
   * @param providerRequestId from a header; null if the vendor sends it in the answer
   * @throws ProviderError, VendorError, or whatever broke the connection.
   */
  readAnswer(providerRequestId: string | null): ProviderAnswer {
    if (providerRequestId !== null) this.answer.providerRequestId = providerRequestId;
    const { reader } = this.options;
    if (this.splitter === null) this.readDocument(this.text());
    else if (this.brokenBy === null) this.readLast(this.splitter);
    // If the answer was already complete, a broken connection lost nothing.
    if (this.brokenBy !== null && !reader.isOver) throw toFailure(this.brokenBy);
    return this.answer.build(reader.end());
  }

  /** Returns the body of an error: as much as is useful, or as arrived before the connection broke. */
  readError(): string {
    return this.text();
  }

  /** Handles the signal's abort. An event listener may be an object instead of a function. */
  handleEvent(): void {
    this.fail(this.options.signal.reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // The call was given up while it waited for a connection. If aborted here, undici writes nothing.
    if (this.isSettled) this.abort();
    else this.options.progress?.sending();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    const contentEncoding = readHeader(headers, 'content-encoding');
    this.body = new PushedBody({ contentEncoding, source: controller, take: (piece) => this.take(piece) });
    if (!this.isSuccess || readHeader(headers, 'content-type')?.includes('text/event-stream') !== true)
      return;
    this.splitter = new ServerSentEventSplitter(MOST_EVENT_CHARACTERS);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    try {
      this.body?.write(chunk);
    } catch (error) {
      // The status is known even if the error's message cannot be read.
      if (this.isSuccess) this.fail(error);
      else this.giveUpBody();
    }
  }

  onResponseEnd(): void {
    this.endBody(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isSettled) return;
    if (this.status === 0) return this.fail(error);
    this.endBody(error);
  }

  /** @param error what broke the connection; null if the body is complete */
  private endBody(error: Error | null): void {
    if (this.isSettled) return;
    this.brokenBy = error;
    if (this.body === null) return this.settle();
    this.body.end((failure) => {
      if (this.isSettled) return;
      this.brokenBy ??= failure;
      this.settle();
    });
  }

  /** Decompression calls this asynchronously, maybe after the call has settled. */
  private take(chunk: Buffer): void {
    if (this.isSettled) return;
    try {
      if (this.splitter !== null && !this.hasBegun) this.lookAtStart(chunk);
      if (this.splitter === null) this.keep(chunk);
      else for (const data of this.splitter.split(chunk)) this.read(data);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Some servers send a document with the content type of an event stream. */
  private lookAtStart(chunk: Buffer): void {
    const start = bodyText([chunk]).trimStart();
    this.hasBegun = start !== '';
    if (/^[{[<]/.test(start)) this.splitter = null;
  }

  private keep(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.sizeBytes += chunk.length;
    if (!this.isSuccess && this.sizeBytes >= MAX_ERROR_BODY_BYTES) this.giveUpBody();
    else if (this.sizeBytes > this.mostBytes) {
      throw new ProviderError('provider_error', `The provider's answer is over ${this.mostBytes} bytes.`, {
        isCut: true,
      });
    }
  }

  private readDocument(body: string): void {
    try {
      // Some servers send events with another content type.
      if (/^\s*(data|event|id|retry)?:/.test(body)) {
        const splitter = new ServerSentEventSplitter();
        for (const data of splitter.split(Buffer.from(body))) this.read(data);
        if (this.brokenBy === null) this.readLast(splitter);
      } else {
        const page = complaintOfPage(body, this.status, this.headers);
        if (page !== null) throw page;
        for (const event of this.options.reader.readDocument(body)) this.answer.add(event);
      }
    } catch (error) {
      // Half a document is not JSON, so the error is the broken connection.
      throw error instanceof SyntaxError && this.brokenBy !== null ? toFailure(this.brokenBy) : error;
    }
  }

  private read(data: string): void {
    for (const event of this.options.reader.read(data)) this.answer.add(event);
  }

  private readLast(splitter: ServerSentEventSplitter): void {
    for (const data of splitter.flush()) {
      for (const event of readLastEvent(this.options.reader, data)) this.answer.add(event);
    }
  }

  private text(): string {
    return bodyText(this.chunks);
  }

  private settle(): void {
    this.isSettled = true;
    this.resolve();
  }

  /** Settles with the part of the body that has arrived. */
  private giveUpBody(): void {
    this.settle();
    this.body?.destroy();
    this.abort();
  }

  private fail(reason: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    // Closing the connection keeps this object alive for a while, and an endless answer is large.
    this.chunks = [];
    this.splitter = null;
    this.body?.destroy();
    this.reject(reason);
    this.abort();
  }

  /** Closes the connection, because its answer has unread bytes. */
  private abort(): void {
    this.controller?.abort(new Error('The answer is of no use any more.'));
  }
}

function toFailure(brokenBy: unknown): ProviderError {
  return brokenBy instanceof ProviderError ? brokenBy : connectionFailure(brokenBy);
}
