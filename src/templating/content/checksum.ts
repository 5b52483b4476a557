import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.js';
import { type WireExtras, toWireExtras } from './content-extras.js';
import type { PromptContent } from './content.js';

/**
 * Keeps the checksum of structured content apart from that of a text template which happens to be the same JSON.
 * The number is that of this way of hashing; another way takes another number.
 */
const CONTENT_TAG = 'prompt-ledger/content/1\n';

/**
 * The `checksum_hash` of a content, lower-case hex.
 * - A text prompt that is nothing but its template: SHA-256 of the UTF-8 template, so that anybody's `sha256sum`
 *   of the file gives it.
 * - Any other content: SHA-256 of the tag `prompt-ledger/content/1\n` and the RFC 8785 JSON of the content as it stands
 *   on the wire, `{"messages":[{"content":"…","role":"system"},…]}` or `{"template_source":"…","tools":[…]}`, without
 *   the members that it does not have. Numbers that JavaScript would write otherwise stand in it as they came. Of each
 *   snippet it has name, number and checksum, so the same texts give the same checksum in every ledger.
 */
export function computeChecksum(content: PromptContent): string {
  const extras = toWireExtras(content.extras);
  if (content.kind === 'text' && extras === null) return sha256Hex(content.templateSource);
  return sha256Hex(CONTENT_TAG + canonicalJson({ ...toTemplates(content), ...hashedExtras(extras) }));
}

function hashedExtras(extras: WireExtras | null) {
  if (extras?.snippets === undefined) return extras;
  const snippets = extras.snippets.map(({ name, version_number, checksum_hash }) => {
    return { name, version_number, checksum_hash };
  });
  return { ...extras, snippets };
}

function toTemplates(content: PromptContent) {
  if (content.kind === 'text') return { template_source: content.templateSource };
  return { messages: content.messages.map(({ role, content: text }) => ({ role, content: text })) };
}

function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
