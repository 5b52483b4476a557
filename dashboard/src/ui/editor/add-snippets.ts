import { NotFoundError, type PinnedSnippet } from '@prompt-ledger/client';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import type { SnippetPin } from '../../api/templating';
import { ask } from '../../background/ask';

/** A content without this word names no snippet, so nothing has to be parsed or read for it. */
const TAG = 'render';
/** The renderer refuses more. */
const MAX_SNIPPETS = 1_000;
/** A name may be given to another snippet after the first one was deleted. */
const STALE_MS = 30_000;

/**
 * Adds the texts of the snippets that a content names, directly or through another, as the service does. A missing snippet is
 * left out, because the renderer reports where it is named.
 * @param content JSON in wire form.
 * @throws PromptLedgerError `TEMPLATE_INVALID`, or why a snippet cannot be read.
 */
export async function addSnippets(content: string): Promise<string> {
  if (!content.includes(TAG)) return content;
  const named = await ask('listSnippets', [content]);
  if (named === null) return content;
  const seen = new Set(named.map(keyOf));
  const found: PinnedSnippet[] = [];
  for (let wanted = named; wanted.length > 0 && found.length <= MAX_SNIPPETS;) {
    const read = (await Promise.all(wanted.map(readSnippet))).filter((snippet) => snippet !== null);
    found.push(...read);
    const inside = await Promise.all(read.map(({ template_source: text }) => listInside(text)));
    wanted = inside.flat().filter((pin) => !seen.has(keyOf(pin)) && seen.add(keyOf(pin)));
  }
  return `${content.slice(0, -1)},"snippets":${JSON.stringify(found.sort(byNameAndNumber))}}`;
}

const keyOf = ({ name, versionNumber }: SnippetPin) => `${name}@${versionNumber}`;

async function listInside(text: string): Promise<readonly SnippetPin[]> {
  if (!text.includes(TAG)) return [];
  return (await ask('listSnippets', [JSON.stringify({ template_source: text })])) ?? [];
}

/** @returns null for a snippet, or a version, that does not exist. */
async function readSnippet({ name, versionNumber }: SnippetPin): Promise<PinnedSnippet | null> {
  return queryClient.query({
    queryKey: ['snippets', 'pinned', name, versionNumber],
    queryFn: async ({ signal }) => {
      try {
        const version = await ledger.snippets.version(name, versionNumber, { signal });
        const { version_id, checksum_hash, template_source } = version;
        return { name, version_number: versionNumber, version_id, checksum_hash, template_source };
      } catch (error) {
        if (error instanceof NotFoundError) return null;
        throw error;
      }
    },
    staleTime: STALE_MS,
  });
}

/** The order of the service, on which the checksum depends. */
function byNameAndNumber(a: PinnedSnippet, b: PinnedSnippet): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.version_number - b.version_number;
}
