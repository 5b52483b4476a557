import type { IncomingHttpHeaders } from 'node:http';
import { toProviderError } from '../../../calls/provider-failure.js';
import {
  ProviderError,
  type ProviderAnswer,
  type ProviderEvent,
  type ProviderRequest,
} from '../../../provider.contract.js';
import { ServerSentEventSplitter } from '../answer/server-sent-events.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import { bodyText } from './body-text.js';
import { decodeBody } from './decode-body.js';
import { peekBody } from './peek-body.js';
import { readLastEvent } from './read-last-event.js';
import { complaintOfPage, readComplaint } from '../answer/vendor-complaint.js';
import { connectionFailure, MAX_ERROR_BODY_BYTES, VendorError } from '../vendor-error.js';
import { readHeader } from '../vendor-headers.js';
import type { StreamedResponse, VendorLine, VendorRequest } from './vendor-line.js';
import { listTexts } from '../vendor-tools.js';
import { WholeExchange } from './whole-exchange.js';

/** How one vendor answers. */
export interface VendorDialect {
  /** Redacted from all messages. */
  readonly credentials: readonly string[];
  /** Lower case. Null for a vendor that sends its request id in the answer, whose reader then reports the start. */
  readonly requestIdHeader: string | null;
  /** Creates the reader of one answer. */
  createReader(headers: () => IncomingHttpHeaders): AnswerReader;
}

/**
 * Requests a whole answer.
 * @throws ProviderError, or the signal's reason.
 */
export async function completeCall(
  line: VendorLine,
  dialect: VendorDialect,
  request: ProviderRequest,
  toSend: VendorRequest,
): Promise<ProviderAnswer> {
  const { signal, maxAnswerBytes, progress } = request;
  const exchange: WholeExchange = new WholeExchange({
    signal,
    reader: dialect.createReader(() => exchange.headers),
    maxAnswerBytes,
    progress,
  });
  try {
    await line.exchange(exchange, toSend);
    const { status, headers } = exchange;
    if (!exchange.isSuccess) throw readComplaint({ status, headers, body: exchange.readError() });
    return exchange.readAnswer(readRequestId(dialect, headers));
  } catch (error) {
    signal.throwIfAborted();
    throw toFailure(error, dialect, request, exchange, exchange.answeredRequestId);
  }
}

/**
 * Requests a stream.
 * @throws ProviderError, or the signal's reason.
 */
export async function* streamCall(
  line: VendorLine,
  dialect: VendorDialect,
  request: ProviderRequest,
  toSend: VendorRequest,
): AsyncGenerator<ProviderEvent, void, undefined> {
  let response: StreamedResponse | null = null;
  try {
    response = await line.stream(toSend, request.signal, request.progress);
    const { status, headers } = response;
    if (!isSuccess(status)) {
      const body = await readErrorBody(response);
      request.signal.throwIfAborted();
      throw readComplaint({ status, headers, body });
    }
    if (dialect.requestIdHeader !== null) {
      yield { type: 'start', providerRequestId: readRequestId(dialect, headers) };
    }
    const { headers: answered } = response;
    yield* readEvents(
      response,
      dialect.createReader(() => answered),
    );
  } catch (error) {
    // An aborted body ends like a broken connection. Only the signal tells the two apart.
    request.signal.throwIfAborted();
    throw toFailure(error, dialect, request, response ?? NO_RESPONSE);
  }
}

const NO_RESPONSE = { status: 0, headers: {} };

/** @param response has a status of 0 when the vendor has not answered. */
function toFailure(
  error: unknown,
  dialect: VendorDialect,
  request: ProviderRequest,
  { status, headers }: Pick<StreamedResponse, 'status' | 'headers'>,
  answeredRequestId: string | null = null,
): ProviderError {
  const providerRequestId = readRequestId(dialect, headers) ?? answeredRequestId;
  const answerBegan = isSuccess(status);
  if (error instanceof VendorError) {
    const secrets = { credentials: dialect.credentials, texts: listTexts(request) };
    return error.settle(secrets, providerRequestId, answerBegan);
  }
  if (status === 0 && !(error instanceof ProviderError)) return connectionFailure(error);
  const { kind, message, retryAfterMs, shouldRetry, ...known } = toProviderError(error);
  return new ProviderError(kind, message, {
    status: known.status,
    retryAfterMs,
    providerRequestId: known.providerRequestId ?? providerRequestId,
    answerBegan,
    ...(known.isCut ? { isCut: true } : {}),
    shouldRetry,
  });
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

function readRequestId({ requestIdHeader }: VendorDialect, headers: IncomingHttpHeaders): string | null {
  return requestIdHeader === null ? null : readHeader(headers, requestIdHeader);
}

async function* readEvents(
  response: StreamedResponse,
  reader: AnswerReader,
): AsyncGenerator<ProviderEvent, void, undefined> {
  const { status, headers } = response;
  const { start, whole } = await peekBody(decodedBody(response), hasLetter);
  // Some servers answer a request for a stream with one JSON document, or with a page, under any content type.
  if (/^[{[<]/.test(bodyText([start]).trimStart())) {
    const document = await readBounded(whole);
    const page = complaintOfPage(document, status, headers);
    if (page !== null) throw page;
    yield* reader.readDocument(document);
  } else {
    yield* readEventStream(whole, reader);
  }
  yield reader.end();
}

async function* readEventStream(
  body: AsyncIterable<Uint8Array>,
  reader: AnswerReader,
): AsyncGenerator<ProviderEvent, void, undefined> {
  const splitter = new ServerSentEventSplitter();
  try {
    for await (const bytes of body) {
      for (const data of splitter.split(bytes)) yield* reader.read(data);
    }
  } catch (error) {
    // The answer is complete, so the broken connection lost nothing.
    if (!reader.isOver || error instanceof VendorError) throw error;
    return;
  }
  for (const data of splitter.flush()) yield* readLastEvent(reader, data);
}

function decodedBody({ headers, body }: StreamedResponse): AsyncGenerator<Uint8Array, void, undefined> {
  return decodeBody(body, readHeader(headers, 'content-encoding'));
}

/** Detects the first character that is not white space. After too much white space, the body is read as it comes. */
function hasLetter(start: Uint8Array): boolean {
  if (start.length > MOST_SPACE_BYTES) return true;
  return start.some((byte) => byte > SPACE && !BYTE_ORDER_MARK.includes(byte));
}

const MOST_SPACE_BYTES = 4096;

const SPACE = 0x20;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/**
 * A document is parsed at once and takes several times its size in memory, for each concurrent call. The same bound as for one event of a
 * stream: eight times what is stored by default.
 */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_DOCUMENT_BYTES) {
      throw new ProviderError(
        'provider_error',
        `The provider's answer is over ${MAX_DOCUMENT_BYTES} bytes.`,
        {
          isCut: true,
        },
      );
    }
  }
  return bodyText(chunks);
}

/**
 * Reads the beginning of an error's body, or as much as arrived before the connection broke, because the status is known anyway. Leaving
 * the loop closes the connection.
 */
async function readErrorBody(response: StreamedResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decodedBody(response)) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= MAX_ERROR_BODY_BYTES) break;
    }
  } catch {
    // An error without a message is still an error.
  }
  return bodyText(chunks);
}
