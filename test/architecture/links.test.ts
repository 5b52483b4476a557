import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { listFiles, read, ROOT } from './tree.js';

const PAGES = listFiles().filter((file) => file.endsWith('.md') && !file.startsWith('test/'));

/** Returns a page without its code, whose brackets are not links and whose `#` is not a heading. */
function readProse(page: string): string {
  return read(page).replaceAll(/^( *)(`{3,}).*?^\1\2$/gms, '');
}

/** Lists the anchors that GitHub gives to the headings of a page. */
function listAnchors(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of readProse(page).matchAll(/^#{1,6} +(.*)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id = ''] of read(page).matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Lists the links of a page that lead to nothing in the project. */
function listBrokenLinks(page: string): string[] {
  const prose = readProse(page).replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
      if (!existsSync(path.join(ROOT, linked))) return true;
      if (anchor === undefined || statSync(path.join(ROOT, linked)).isDirectory()) return false;
      return linked.endsWith('.md') && !listAnchors(linked).has(anchor);
    });
}

describe('the links of the documentation', () => {
  it.each(PAGES)('%s leads to pages and headings that exist', (page) => {
    expect(listBrokenLinks(page)).toEqual([]);
  });

  it('are recognized', () => {
    expect(listAnchors('docs/operations.md')).toContain('reverse-proxy-tls-cors');
    expect(PAGES.length).toBeGreaterThan(30);
  });
});
