import { applyPatch } from 'diff';
import fc from 'fast-check';
import { diffTexts, LIMITS } from './text-diff.js';

const diff = (from: string, to: string) =>
  diffTexts({ name: 'welcome (version 1)', text: from }, { name: 'welcome (version 2)', text: to });

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}\n`).join('');

describe('the diff of two texts', () => {
  it('shows what changed, with three lines around it', () => {
    const { unified, hunks } = diff('a\nb\nc\nd\nold\ne\nf\ng\nh\n', 'a\nb\nc\nd\nnew\ne\nf\ng\nh\n');
    expect(unified).toBe(
      '--- welcome (version 1)\n+++ welcome (version 2)\n@@ -2,7 +2,7 @@\n b\n c\n d\n-old\n+new\n e\n f\n g\n',
    );
    expect(hunks).toMatchObject([{ oldStart: 2, oldLines: 7, newStart: 2, newLines: 7 }]);
    expect(hunks[0]?.lines.slice(2, 6)).toEqual([
      { type: 'context', text: 'd', oldLine: 4, newLine: 4 },
      { type: 'removed', text: 'old', oldLine: 5, newLine: null },
      { type: 'added', text: 'new', oldLine: null, newLine: 5 },
      { type: 'context', text: 'e', oldLine: 6, newLine: 6 },
    ]);
  });

  it('is empty for equal texts', () => {
    expect(diff('same', 'same')).toEqual({ unified: '', hunks: [] });
  });

  it('shows a missing newline at the end as git does', () => {
    const note = '\\ No newline at end of file';
    const head = '--- welcome (version 1)\n+++ welcome (version 2)\n@@ -1,1 +1,1 @@\n';
    expect(diff('a', 'a\n').unified).toBe(`${head}-a\n${note}\n+a\n`);
    expect(diff('a\n', 'a').unified).toBe(`${head}-a\n+a\n${note}\n`);
    expect(diff('a', 'b').unified).toBe(`${head}-a\n${note}\n+b\n${note}\n`);
    expect(diff('a', 'b').hunks[0]?.lines.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('counts an empty side from the line before it', () => {
    expect(diff('', 'a\n')).toMatchObject({
      unified: expect.stringContaining('@@ -0,0 +1,1 @@') as string,
      hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1 }],
    });
  });

  it('keeps lines that look like a patch apart from what a patch says', () => {
    const { hunks } = diff('\\ No newline\n+x\n', '-x\n\\ No newline\n');
    expect(hunks[0]?.lines.map(({ type, text }) => [type, text])).toEqual([
      ['added', '-x'],
      ['context', '\\ No newline'],
      ['removed', '+x'],
    ]);
  });

  it('replaces all in one hunk when there are more changes than it looks for', () => {
    const [from, to] = [numbered('old ', LIMITS.edits), `${numbered('new ', LIMITS.edits)}end`];
    const { unified, hunks } = diff(from, to);
    expect(hunks).toHaveLength(1);
    expect(hunks[0]).toMatchObject({
      oldStart: 1,
      oldLines: LIMITS.edits,
      newStart: 1,
      newLines: LIMITS.edits + 1,
    });
    expect(applyPatch(from, unified)).toBe(to);
  });

  it('refuses texts of more lines than an answer should have, whichever of the two', () => {
    const most = numbered('', LIMITS.lines);
    const refusal = expect.objectContaining({ code: 'VERSIONS_TOO_LONG_TO_COMPARE', status: 422 }) as Error;
    expect(() => diff(`${most}x`, 'short')).toThrow(refusal);
    expect(() => diff('short', `${most}x`)).toThrow(refusal);
    expect(diff(most, `${most.slice(0, -1)}x\n`).hunks).toHaveLength(1);
  });

  it('is a patch that makes the one text of the other, whatever they are', () => {
    const line = fc.constantFrom(
      '',
      'a',
      'b',
      ' a',
      '+a',
      '-b',
      '\\ x',
      '@@ -1,1 +1,1 @@',
      '--- a',
      'c\r',
      '\u2028',
      'ü',
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));
    fc.assert(
      fc.property(text, text, (from, to) => {
        const { unified, hunks } = diff(from, to);
        const options = { autoConvertLineEndings: false };
        expect(applyPatch(from, unified, options)).toBe(to);
        for (const { oldLines, newLines, lines } of hunks) {
          expect(lines.filter(({ oldLine }) => oldLine !== null)).toHaveLength(oldLines);
          expect(lines.filter(({ newLine }) => newLine !== null)).toHaveLength(newLines);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('says at which line of each text a line stands', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (from, to) => {
        for (const { text: shown, oldLine, newLine } of diff(from, to).hunks.flatMap(({ lines }) => lines)) {
          if (oldLine !== null) expect(from.split('\n')[oldLine - 1]).toBe(shown);
          if (newLine !== null) expect(to.split('\n')[newLine - 1]).toBe(shown);
        }
      }),
    );
  });
});
