export interface CsvRow {
  /** The line on which the row begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Parses CSV by RFC 4180: commas, optionally quoted cells, both kinds of line ends. Skips empty lines.
 * @param fail gets the line of invalid CSV.
 */
export function parseCsv(text: string, fail: (line: number, message: string) => never): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  let at = 0;
  const endRow = () => {
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begun, cells });
    cells = [];
  };
  while (at < text.length) {
    if (cells.length === 0) begun = line;
    let cell: string;
    if (text[at] === '"') {
      const end = findClosingQuote(text, at + 1);
      if (end === -1) fail(line, 'a quote is not closed');
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = end + 1;
      if (at < text.length && !/[,\r\n]/.test(text[at] ?? '')) {
        fail(line, 'a closing quote must be followed by a comma or the end of the line');
      }
    } else {
      const end = findEnd(text, at);
      cell = text.slice(at, end);
      if (cell.includes('"')) fail(line, 'a quote must be at the beginning of its cell');
      at = end;
    }
    cells.push(cell);
    if (text[at] === ',') {
      at += 1;
      // A comma at the very end is followed by an empty cell.
      if (at === text.length) cells.push('');
    } else if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
      endRow();
    }
    if (at >= text.length && cells.length > 0) endRow();
  }
  return rows;
}

function findClosingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

const END = /[,\r\n]/g;

function findEnd(text: string, from: number): number {
  END.lastIndex = from;
  return END.exec(text)?.index ?? text.length;
}
