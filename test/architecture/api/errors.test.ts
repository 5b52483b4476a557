import { renderErrorsPage } from '../../../src/infra/http/openapi/errors-page.js';
import { listSources, read } from '../tree.js';

const DOC = 'docs/errors.md';
/** The beginning of every error class of the service. A status that is not a number is computed from the error. */
const DECLARATION = /code: '([A-Z_]+)',\s+status(?:: (\d+))?,\s+title: (?:'([^']+)')?/g;
const ANY_CODE = /\bcode: '([A-Z][A-Z_]+)'/g;

interface Declared {
  readonly code: string;
  /** Null where it is computed. */
  readonly status: number | null;
  readonly title: string | null;
}

interface Documented {
  readonly code: string;
  readonly text: string;
}

const sources = listSources().map(read);
const declared: readonly Declared[] = sources
  .flatMap((source) => [...source.matchAll(DECLARATION)])
  .map(([, code = '', status, title]) => ({
    code,
    status: status === undefined ? null : Number(status),
    title: title ?? null,
  }));
const documented: readonly Documented[] = read(DOC)
  .split(/^### /m)
  .slice(1)
  .map((section) => ({ code: /^\w+/.exec(section)?.[0] ?? '', text: section }));

describe('docs/errors.md', () => {
  it('has every code of the sources, and no other', () => {
    const codes = sources.flatMap((source) => [...source.matchAll(ANY_CODE)].map(([, code]) => code));
    expect(codes).not.toEqual([]);
    expect(documented.map(({ code }) => code).sort()).toEqual([...new Set(codes)].sort());
  });

  it('describes codes of which each has one declaration', () => {
    expect(declared.map(({ code }) => code).sort()).toEqual(documented.map(({ code }) => code).sort());
  });

  it.each(declared)('gives $code its status and its title', ({ code, status, title }) => {
    const { text } = section(code);
    expect(text).toContain(
      `\nStatus: ${status ?? 'any other 4xx'}. Title: ${title ?? 'the name of the status'}.\n`,
    );
  });

  it.each(documented)('says cause and cure of $code', ({ text }) => {
    expect(text).toMatch(/\n\nCause: \S.*\n/);
    expect(text).toMatch(/\n\nCure: \S.*\n/);
  });

  it.each(documented)('shows a problem document of $code as the service writes it', ({ code, text }) => {
    const { status, title } = declaration(code);
    const json = /```json\n(.+?)```/s.exec(text)?.[1] ?? '';
    const example = JSON.parse(json) as Record<string, unknown>;
    expect(example).toMatchObject({
      type: `/docs/errors#${code}`,
      title: title ?? expect.any(String),
      status: status ?? expect.any(Number),
      detail: expect.stringMatching(/\w/),
      instance: expect.any(String),
      code,
    });
  });

  it.each(documented)('has an anchor for $code, where the type of a problem points', ({ code }) => {
    expect(renderErrorsPage(read(DOC))).toContain(`id="${code}"`);
  });
});

function section(code: string): Documented {
  const found = documented.find((entry) => entry.code === code);
  if (found === undefined) throw new Error(`${DOC} has no "### ${code}".`);
  return found;
}

function declaration(code: string): Declared {
  const found = declared.find((entry) => entry.code === code);
  if (found === undefined) throw new Error(`No source declares ${code}.`);
  return found;
}
