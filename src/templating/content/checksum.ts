import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.js';
import { type WireExtras, toWireExtras } from './content-extras.js';
import type { PromptContent } from './content.js';

/**
 * Separates the checksum of structured content from that of a text template which happens to be the same JSON. The number identifies this
 * way of hashing; another way takes another number.
 */
const CONTENT_TAG = 'prompt-ledger/content/1\n';

/**
 * The `checksum_hash` of a content, lower-case hex.
 * - For a text prompt that is only a template: the SHA-256 of the UTF-8 template, so that `sha256sum` of the file gives the same.
 * - For any other content: the SHA-256 of the tag `prompt-ledger/content/1\n` and the RFC 8785 JSON of the content in its wire form,
 *   `{"messages":[{"content":"…","role":"system"},…]}` or `{"template_source":"…","tools":[…]}`, without absent members. Numbers that
 *   JavaScript would write differently keep their text. Each snippet is represented by its name, number and checksum, so the same texts
 *   give the same checksum in every ledger.
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
