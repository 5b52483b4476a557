/**
 * Renders the Markdown of this project's own pages as HTML: headings, paragraphs, lists of one level, tables, fenced blocks, code, bold and
 * links. A full Markdown renderer would be a dependency for one page.
 */
export function renderMarkdown(markdown: string): string {
  const lines = markdown.split('\n');
  const html: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const block = BLOCKS.find(({ begins }) => begins.test(lines[at] ?? '')) ?? PARAGRAPH;
    const { text, next } = block.read(lines, at);
    if (text !== '') html.push(text);
    at = next;
  }
  return html.join('\n');
}

interface Block {
  readonly begins: RegExp;
  /** @returns the HTML of the block that begins at `start`, and the number of the line after it, which is greater than `start`. */
  read(lines: readonly string[], start: number): { text: string; next: number };
}

const BLANK: Block = {
  begins: /^\s*$/,
  read: (_lines, start) => ({ text: '', next: start + 1 }),
};

const HEADING: Block = {
  begins: /^#{1,6} /,
  read(lines, start) {
    const [, marks = '', text = ''] = /^(#+) +(.*)$/.exec(lines[start] ?? '') ?? [];
    const name = `h${String(marks.length)}`;
    const anchor = findAnchor(text);
    return {
      text: `<${name} id="${anchor}"><a href="#${anchor}">${renderSpans(text)}</a></${name}>`,
      next: start + 1,
    };
  },
};

const FENCE: Block = {
  begins: /^```/,
  read(lines, start) {
    const length = lines.slice(start + 1).findIndex((line) => line.startsWith('```'));
    const end = length === -1 ? lines.length : start + 1 + length;
    const code = lines.slice(start + 1, end).join('\n');
    return { text: `<pre><code>${escapeHtml(code)}</code></pre>`, next: end + 1 };
  },
};

const TABLE: Block = {
  begins: /^\|/,
  read(lines, start) {
    const rows = takeWhile(lines, start, (line) => line.startsWith('|'));
    const [head = '', , ...body] = rows;
    const header = readCells(head).map((cell) => `<th>${renderSpans(cell)}</th>`);
    const rest = body.map(
      (row) =>
        `<tr>${readCells(row)
          .map((cell) => `<td>${renderSpans(cell)}</td>`)
          .join('')}</tr>`,
    );
    return {
      text: `<table>\n<tr>${header.join('')}</tr>\n${rest.join('\n')}\n</table>`,
      next: start + rows.length,
    };
  },
};

const LIST: Block = {
  begins: /^[-*] /,
  read(lines, start) {
    // An indented line continues the item before it.
    const items = takeWhile(lines, start, (line) => /^([-*] | +\S)/.test(line));
    const texts = items
      .join('\n')
      .split(/^[-*] /m)
      .slice(1);
    const html = texts.map((text) => `<li>${renderSpans(text.trim())}</li>`);
    return { text: `<ul>\n${html.join('\n')}\n</ul>`, next: start + items.length };
  },
};

const BLOCKS: readonly Block[] = [BLANK, HEADING, FENCE, TABLE, LIST];

const PARAGRAPH: Block = {
  begins: /./,
  read(lines, start) {
    const others = (line: string) => BLOCKS.some(({ begins }) => begins.test(line));
    const rest = takeWhile(lines, start + 1, (line) => !others(line));
    const text = [lines[start] ?? '', ...rest].join('\n');
    return { text: `<p>${renderSpans(text)}</p>`, next: start + 1 + rest.length };
  },
};

function takeWhile(lines: readonly string[], start: number, goesOn: (line: string) => boolean): string[] {
  const length = lines.slice(start).findIndex((line) => !goesOn(line));
  return lines.slice(start, length === -1 ? undefined : start + length);
}

function readCells(row: string): string[] {
  const cells = row.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Returns an error's code as its anchor, matching the `type` of a problem, or an anchor in GitHub's style for other headings. */
function findAnchor(heading: string): string {
  const code = /^`?([A-Z][A-Z0-9_]+)`?$/.exec(heading.trim())?.[1];
  return (
    code ??
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s+/g, '-')
  );
}

function renderSpans(text: string): string {
  // Code comes first and stays unchanged, because other marks mean nothing in it.
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      /^`[^`]+`$/.test(part) ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : renderMarks(part),
    )
    .join('');
}

function renderMarks(text: string): string {
  return escapeHtml(text)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]*)\]\(([^)\s]+)\)/g, (_all, label: string, target: string) =>
      renderLink(label, target),
    );
}

/** A page beside this one is not served, so it gets no link. */
function renderLink(label: string, target: string): string {
  return /^(https?:\/\/|#|\/)/.test(target) ? `<a href="${target}">${label}</a>` : label;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
