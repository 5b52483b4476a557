export { serverSentEvent, type StreamFormat } from './stream-format.js';
export { type StreamOptions, StreamService } from './stream.service.js';
